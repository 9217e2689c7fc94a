/** Shows what the server tells, as text and never as HTML; what there is to show and to send is worked out in view.ts. */

const kept = new WeakMap();
const shown = new WeakMap();
const byId = (id) => document.getElementById(id);

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** One child for each item, by its id: what is there stays, with its focus and what was typed. */
function list(parent, items, create) {
  const children = kept.get(parent) ?? new Map();
  kept.set(parent, children);
  for (const [id, { element }] of children) {
    if (items.some((item) => item.id === id)) continue;
    element.remove();
    children.delete(id);
  }
  items.forEach((item, index) => {
    if (!children.has(item.id)) children.set(item.id, create(item));
    const { element, update } = children.get(item.id);
    if (parent.children[index] !== element) parent.insertBefore(element, parent.children[index] ?? null);
    update(item);
  });
}

/** Draws the content of an element anew, where it is other than what it shows. */
function fill(element, data, draw) {
  const json = JSON.stringify(data);
  if (shown.get(element) === json) return;
  shown.set(element, json);
  element.hidden = data.length === 0;
  element.replaceChildren(...(data.length === 0 ? [] : draw(data)));
}

function group({ id, title }) {
  const forms = make('div');
  const element = make('section', {}, make('h2', {}, title), forms);
  return {
    element,
    update(item) {
      element.hidden = item.forms.length === 0;
      list(forms, item.forms, (form) => folded(form, id === 'actions' && item.forms[0] === form));
    },
  };
}

function folded({ title, help, ...item }, open) {
  const { element: inner, update } = form(item);
  inner.prepend(help);
  return { element: make('details', { open }, make('summary', {}, title), inner), update };
}

function form({ id, button }) {
  const [fields, told] = [make('div'), make('p', { className: 'told', role: 'status' })];
  const element = make('form', {}, fields, make('button', {}, button), told);
  element.addEventListener('submit', async (event) => {
    event.preventDefault();
    told.textContent = '';
    const body = JSON.stringify({ id, values: Object.fromEntries(new FormData(element)) });
    const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
    const answer = await fetch('/forms', request).then((response) => response.json(), String);
    told.textContent = answer.message ?? answer;
  });
  return { element, update: (item) => list(fields, item.fields, field) };
}

const tags = { select: 'select', lines: 'textarea' };

function field({ id, label, kind, value, isRequired }) {
  const isTicked = kind === 'checkbox';
  const input = make(tags[kind] ?? 'input', { name: id, required: isRequired && !isTicked });
  if (input instanceof HTMLInputElement)
    Object.assign(input, { type: kind, step: 'any', checked: value === 'true' });
  const help = make('small');
  input.value = isTicked ? 'true' : value;
  const mark = isRequired ? ' (required)' : '';
  return {
    element: make('label', { className: kind }, make('span', {}, label + mark), input, help),
    update(now) {
      help.textContent = now.help;
      if (kind !== 'select') return;
      const before = input.options.length === 0 ? value : input.value;
      fill(input, ['', ...now.options], (options) => options.map((option) => make('option', {}, option)));
      input.value = before;
    },
  };
}

function item({ id }) {
  const parts = {
    status: make('p', { className: 'status' }),
    facts: make('dl'),
    links: make('ul'),
    log: make('pre'),
    forms: make('div'),
  };
  const title = make('h3');
  parts.log.tabIndex = 0;
  const log = id.startsWith('build/')
    ? make('details', {}, make('summary', {}, 'Log'), parts.log)
    : parts.log;
  const element = make('article', { id }, title, parts.status, parts.facts, parts.links, log, parts.forms);
  return {
    element,
    update({ title: name, status, label, facts, links, log: text, forms }) {
      title.textContent = name;
      fill(parts.status, status && [status, label], ([word, more]) => [make('strong', {}, word), ' ', more]);
      element.dataset.status = status;
      fill(parts.facts, facts, (pairs) =>
        pairs.flatMap(([key, value]) => [make('dt', {}, key), make('dd', {}, value)]),
      );
      fill(parts.links, links, (all) => all.map((link) => make('li', {}, anchor(link))));
      fill(parts.log, text, (lines) => [lines]);
      list(parts.forms, forms, form);
    },
  };
}

function anchor({ text, href }) {
  if (href === undefined) return text;
  return make('a', href.startsWith('#') ? { href } : { href, target: '_blank', rel: 'noreferrer' }, text);
}

const events = new EventSource('/events');
events.onmessage = ({ data }) => {
  const { groups, ...items } = JSON.parse(data);
  byId('state').textContent = 'It runs on this machine alone, and forgets everything when it ends.';
  list(byId('groups'), groups, group);
  for (const [name, all] of Object.entries(items)) list(byId(name), all, item);
};
events.onerror = () => {
  byId('state').textContent = 'The local loop does not answer. Start it again: npm run local';
};
