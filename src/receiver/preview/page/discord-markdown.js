import { h, link } from './tree.js';

/** Discord's Markdown with everything that stands on lines of its own: quotes, lists, headings, small print, code. */
export function drawMarkdown(text, dates) {
  const fence = /```(?:[\w+.#-]*\n)?\n*([\s\S]*?)\n*```/g;
  const drawing = [];
  let end = 0;
  for (const match of text.matchAll(fence)) {
    drawing.push(...drawLines(text.slice(end, match.index), dates));
    drawing.push(h('pre', {}, match[1]));
    end = match.index + match[0].length;
  }
  return [...drawing, ...drawLines(text.slice(end), dates)];
}

const lineKinds = [
  { kind: 'quote', pattern: /^> (.*)$/ },
  { kind: 'heading', pattern: /^#{1,3} +(.+)$/ },
  { kind: 'small', pattern: /^-# +(.+)$/ },
  { kind: 'bullet', pattern: /^ *[-*] +(.+)$/ },
  { kind: 'ordered', pattern: /^ *\d+\. +(.+)$/ },
];

/** Neighbouring lines of one kind become one element; a new line between different kinds is part of the border. */
function drawLines(text, dates) {
  const groups = [];
  for (const line of text.replace(/^\n|\n$/g, '').split('\n')) {
    const group = groups.at(-1);
    const isList = group?.kind === 'bullet' || group?.kind === 'ordered';
    if (isList && /^ +\S/.test(line) && kindOf(line).kind === 'text') {
      group.lines.push(`${group.lines.pop()}\n${line.trim()}`);
      continue;
    }
    const { kind, inner } = kindOf(line);
    if (group?.kind === kind && kind !== 'heading') group.lines.push(inner);
    else groups.push({ kind, lines: [inner] });
  }
  return groups.map((group) => drawGroup(group, dates)).filter((drawing) => drawing.children.length > 0);
}

function kindOf(line) {
  for (const { kind, pattern } of lineKinds) {
    const match = pattern.exec(line);
    if (match !== null) return { kind, inner: match[1] };
  }
  return { kind: 'text', inner: line };
}

function drawGroup({ kind, lines }, dates) {
  const joined = () => drawInlineMarkdown(lines.join('\n'), dates);
  const items = () => lines.map((line) => h('li', {}, drawInlineMarkdown(line, dates)));
  switch (kind) {
    case 'quote':
      return h('blockquote', {}, joined());
    case 'heading':
      return h('p', { class: 'discord-heading' }, joined());
    case 'small':
      return h('p', { class: 'discord-small' }, joined());
    case 'bullet':
      return h('ul', {}, items());
    case 'ordered':
      return h('ol', {}, items());
    default:
      return h('p', {}, joined());
  }
}

const within = String.raw`((?:\\[\s\S]|[^\\])+?)`;
const inlineRules = [
  { pattern: /\\([^\p{L}\p{N}\s])/uy, draw: ([, character]) => character },
  { pattern: /(`+)([^`]|[^`][\s\S]*?[^`])\1(?!`)/y, draw: ([, , code]) => h('code', {}, code) },
  {
    pattern: /<t:(-?\d{1,13})(?::([tTdDfFsSR]))?>/y,
    draw: ([token, seconds, style], { dates }) => dates.discord(Number(seconds), style ?? 'f', token),
  },
  { pattern: /<(@|#)[!&]?(\d+)>/y, draw: ([, sign, id]) => h('span', { class: 'mention' }, `${sign}${id}`) },
  { pattern: /<(https?:\/\/[^\s<>]+)>/y, draw: ([, url]) => link(url, {}, url) },
  {
    pattern: /\[((?:\\[\s\S]|[^[\]\\])+)\]\(<?(https?:\/\/[^\s()<>]+)>?\)/y,
    draw: ([, label, url], { inner }) => link(url, {}, inner(label, { isInLink: true })),
  },
  { pattern: /https?:\/\/[^\s<]*[^\s<.,:;"'\])]/y, draw: ([url]) => link(url, {}, url), isLink: true },
  { pattern: new RegExp(`\\*\\*${within}\\*\\*(?!\\*)`, 'y'), draw: dressed('strong') },
  { pattern: new RegExp(`__${within}__(?!_)`, 'y'), draw: dressed('u') },
  { pattern: new RegExp(`~~${within}~~`, 'y'), draw: dressed('s') },
  { pattern: new RegExp(`\\|\\|${within}\\|\\|`, 'y'), draw: dressed('mark') },
  { pattern: /\*(?=\S)((?:\\[\s\S]|\*\*|[^*\\])+?)(?<!\s)\*(?!\*)/y, draw: dressed('em') },
  { pattern: /(?<!\w)_((?:\\[\s\S]|__|[^_\\])+?)_(?!\w)/y, draw: dressed('em') },
];

function dressed(tag) {
  return ([, text], { inner }) => h(tag, {}, inner(text));
}

/** Discord's Markdown inside a line. A backslash takes the meaning from any sign; what forms no pair stays what it is. */
export function drawInlineMarkdown(text, dates, { isInLink = false } = {}) {
  const rules = isInLink ? inlineRules.filter(({ isLink }) => isLink !== true) : inlineRules;
  const inner = (part, options = { isInLink }) => drawInlineMarkdown(part, dates, options);
  const drawing = [];
  let plain = '';
  let position = 0;
  while (position < text.length) {
    const found = firstMatch(rules, text, position);
    if (found === undefined) {
      plain += text[position];
      position += 1;
      continue;
    }
    drawing.push(plain, found.rule.draw(found.match, { dates, inner }));
    plain = '';
    position += found.match[0].length;
  }
  return [...drawing, plain].filter((piece) => piece !== '');
}

function firstMatch(rules, text, position) {
  for (const rule of rules) {
    rule.pattern.lastIndex = position;
    const match = rule.pattern.exec(text);
    if (match !== null) return { rule, match };
  }
  return undefined;
}
