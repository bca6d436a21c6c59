// The filter of the page of the routes, and the buttons that expand it. Without this script the page is complete.
'use strict';

const form = document.querySelector('form');
const filter = document.getElementById('filter');
const output = form.querySelector('output');
const groups = [...document.querySelectorAll('details.group')];
const routes = [...document.querySelectorAll('details.route')];

const apply = () => {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const route of routes) {
    route.hidden = !words.every((word) => route.dataset.words.includes(word));
  }
  for (const group of groups) {
    group.hidden = !group.querySelector('details.route:not([hidden])');
    if (words.length > 0) group.open = true;
  }
  const count = routes.filter((route) => !route.hidden).length;
  output.textContent = words.length > 0 ? `${count} of ${routes.length} shown` : '';
};

const setOpen = (isOpen) => {
  for (const route of routes) {
    if (!route.hidden) route.open = isOpen;
  }
};

// The address of a route that was opened can be shared.
const follow = () => {
  const route = document.getElementById(location.hash.slice(1));
  if (route?.matches('details.route')) {
    route.open = true;
    route.scrollIntoView();
  }
};

filter.addEventListener('input', apply);
form.addEventListener('submit', (event) => event.preventDefault());
document.getElementById('open').addEventListener('click', () => setOpen(true));
document.getElementById('close').addEventListener('click', () => setOpen(false));
document.addEventListener('keydown', (event) => {
  if (event.key === '/' && document.activeElement !== filter) {
    event.preventDefault();
    filter.focus();
  }
  if (event.key === 'Escape' && document.activeElement === filter) {
    filter.value = '';
    apply();
  }
});
for (const route of routes) {
  route.addEventListener('toggle', () => {
    if (route.open) history.replaceState(null, '', `#${route.id}`);
  });
}
addEventListener('hashchange', follow);

form.hidden = false;
// The browser restores the text of the field when the page is loaded again.
apply();
follow();
