// Information for authorities: countries in the reader's language.
import { nameCountriesInText } from './page/countries.js';

nameCountriesInText();
