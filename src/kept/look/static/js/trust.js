// The trust centre: a link to a promise opens it.

function openNamed() {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (named instanceof HTMLDetailsElement) {
    named.open = true;
    named.scrollIntoView();
  }
}

addEventListener('hashchange', openNamed);
openNamed();
