// The documentation page: shows the document of the app with RapiDoc, which is loaded after this script.
//
// RapiDoc sets styles in its markup, which needs `style-src 'unsafe-inline'`. The first part of this script applies the
// same styles through the CSSOM, so that the policy of the page can forbid inline styles. The second part adds what
// RapiDoc lacks for the keyboard and for screen readers. The third shows the document.
'use strict';

(() => {
  // Styles in markup. Templates are parsed with `data-style` in place of `style`, and their copies get the style.
  const { setAttribute, attachShadow } = Element.prototype;
  const { importNode } = Document.prototype;
  const markup = Object.getOwnPropertyDescriptor(Element.prototype, 'innerHTML');
  const withoutStyles = (tag) => tag.replace(/(\s)style(\$lit\$)?\s*=/gi, '$1data-style$2=');

  Element.prototype.setAttribute = function (name, value) {
    if (name === 'style') {
      this.style.cssText = value;
    } else {
      setAttribute.call(this, name, value);
    }
  };

  Object.defineProperty(HTMLTemplateElement.prototype, 'innerHTML', {
    get: markup.get,
    set(html) {
      markup.set.call(this, String(html).replace(/<[a-z][^>]*>/gi, withoutStyles));
    },
  });

  Document.prototype.importNode = function (node, deep) {
    const copy = importNode.call(this, node, deep);
    for (const element of copy.querySelectorAll?.('[data-style]') ?? []) {
      element.style.cssText = element.dataset.style;
    }
    // The only style sheet in markup is the theme, which page.css replaces.
    for (const sheet of copy.querySelectorAll?.('style') ?? []) {
      const unused = document.createElement('span');
      unused.hidden = true;
      unused.append(...sheet.childNodes);
      sheet.replaceWith(unused);
    }
    return copy;
  };

  // Each shadow root of RapiDoc gets a style sheet, and what its elements lack.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    *, *::before, *::after { box-sizing: border-box; }
    :is(button, input, textarea, select, a, [tabindex="0"]):focus-visible {
      outline: 2px solid var(--primary-color); outline-offset: 1px; box-shadow: none;
    }
    .section-gap--read-mode { max-width: 1200px; }
    .tooltip:focus-within .tooltip-text { visibility: visible; }
    .nav-bar-section { justify-content: flex-start; }
    @media (max-width: 767px) {
      .section-gap--read-mode { padding: 16px; }
      [part="wrap-request-btn"] { flex-wrap: wrap; gap: 8px 0; }
      [part="wrap-request-btn"] > div { width: 100% !important; }
    }
  `);

  const label = (field) =>
    field.dataset.pname ||
    field.closest('td')?.parentElement?.querySelector('.param-name')?.textContent.trim() ||
    field.placeholder ||
    (field.matches('textarea') ? 'request body' : field.matches('select') ? 'selection' : 'value');

  const isNative = (element) => element.matches('a[href], button, input, select, textarea, summary');

  const complete = (root) => {
    for (const field of root.querySelectorAll('input, textarea, select')) {
      if (!field.ariaLabel && !field.labels?.length) field.ariaLabel = label(field);
    }
    for (const bar of root.querySelectorAll('nav:not([aria-label])')) bar.ariaLabel = 'Operations';
    for (const title of root.querySelectorAll('#api-title:not([role])')) {
      title.role = 'heading';
      title.ariaLevel = '1';
    }
    for (const element of root.querySelectorAll('[data-action], .open-bracket, .schema-multiline-toggle, .tooltip')) {
      if (!isNative(element) && element.tabIndex < 0) element.tabIndex = 0;
    }
    for (const arrow of root.querySelectorAll('#nav-bar-search + :not([role])')) {
      arrow.role = 'button';
      arrow.ariaLabel = 'Filter';
      arrow.tabIndex = 0;
    }
    for (const bracket of root.querySelectorAll('.open-bracket:not([role])')) {
      bracket.role = 'button';
      bracket.ariaLabel = `fold ${bracket.textContent.trim()}`;
    }
  };

  Element.prototype.attachShadow = function (options) {
    const root = attachShadow.call(this, options);
    new MutationObserver(() => complete(root)).observe(root, { childList: true, subtree: true });
    // After the element has set its own style sheets.
    queueMicrotask(() => {
      root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    });
    return root;
  };

  // Elements with `tabindex` act on Enter and on the space bar, as buttons do.
  addEventListener('keydown', (event) => {
    const target = event.composedPath()[0];
    if ((event.key === 'Enter' || event.key === ' ') && target.matches?.('[tabindex="0"]') && !isNative(target)) {
      event.preventDefault();
      target.click();
    }
  });

  const settings = {
    'allow-advanced-search': 'false',
    'allow-server-selection': 'false',
    'allow-spec-file-load': 'false',
    'allow-spec-url-load': 'false',
    'fetch-credentials': 'same-origin',
    'load-fonts': 'false',
    'render-style': 'read',
    'schema-style': 'table',
    'show-header': 'false',
    'show-method-in-nav-bar': 'as-colored-text',
  };

  // Returns the address of the app: that of this page without its own segments, behind any proxy.
  const address = () => {
    const own = Number(document.documentElement.dataset.segments);
    const segments = location.pathname.split('/').filter(Boolean);
    return [location.origin, ...segments.slice(0, segments.length - own)].join('/');
  };

  const load = async () => {
    const response = await fetch('?file=openapi.json');
    if (!response.ok) throw new Error(`the server answered with ${response.status}`);
    const spec = await response.json();
    spec.servers ??= [{ url: address() }];
    for (const operations of Object.values(spec.paths ?? {})) {
      // A summary is plain text, and a doc comment is Markdown.
      for (const operation of Object.values(operations)) {
        if (operation.summary) operation.summary = operation.summary.replaceAll('`', '');
      }
    }
    document.title = spec.info.title;
    return spec;
  };

  const show = (element) => document.body.replaceChildren(element);

  addEventListener('DOMContentLoaded', async () => {
    try {
      const spec = await load();
      const page = document.createElement('rapi-doc');
      for (const [name, value] of Object.entries(settings)) page.setAttribute(name, value);
      show(page);
      await page.loadSpec(spec);
    } catch (error) {
      const message = document.createElement('p');
      message.role = 'alert';
      message.textContent = `The document could not be loaded: ${error.message}.`;
      show(message);
    }
  });
})();
