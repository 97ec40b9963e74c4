// Signing up, signing in, settings: forms that work by themselves; passkeys are what needs a module.
import { nameCountries } from './page/countries.js';
import './page/passkey.js';

nameCountries();
