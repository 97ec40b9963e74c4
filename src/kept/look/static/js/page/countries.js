// The list of countries in the reader's language, in that language's order. The server knows English names.

/** Renames and sorts the options of a list of countries; what this browser has no name for stays as it is. */
export function nameCountries() {
  const list = document.querySelector('select[name="country"]');
  const language = document.documentElement.lang;
  if (!(list instanceof HTMLSelectElement) || language === 'en') return;
  const names = new Intl.DisplayNames([language], { type: 'region', fallback: 'none' });
  const [blank, ...countries] = [...list.options];
  for (const country of countries) country.textContent = names.of(country.value) ?? country.textContent;
  countries.sort((a, b) => a.text.localeCompare(b.text, language));
  list.replaceChildren(...(blank ? [blank] : []), ...countries);
}

/** Renames countries that stand in a text; what this browser has no name for stays as it is. */
export function nameCountriesInText() {
  const language = document.documentElement.lang;
  if (language === 'en') return;
  const names = new Intl.DisplayNames([language], { type: 'region', fallback: 'none' });
  for (const country of document.querySelectorAll('[data-country]')) {
    country.textContent = names.of(country.getAttribute('data-country') ?? '') ?? country.textContent;
  }
}
