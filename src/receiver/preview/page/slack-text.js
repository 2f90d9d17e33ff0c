import { h, link, listOf, notDrawn, textOf } from './tree.js';

/** A text object of Slack. */
export function drawText(object, dates) {
  const text = textOf(object?.text);
  return object?.type === 'mrkdwn' ? drawMrkdwn(text, dates) : [text];
}

const marks = { '*': 'strong', _: 'em', '~': 's' };

/** Slack's markup as far as our own texts use it: emphasis, code, `<…>` tokens and the three entities. */
export function drawMrkdwn(text, dates) {
  const token = /<([^<>]+)>|`([^`\n]+)`|(?<![\p{L}\p{N}])([*_~])(?=\S)([^\n]*?\S)\3(?![\p{L}\p{N}])/gu;
  const drawing = [];
  let end = 0;
  for (const match of text.matchAll(token)) {
    const [whole, control, code, mark, inner] = match;
    drawing.push(decodeEntities(text.slice(end, match.index)));
    if (control !== undefined) drawing.push(drawControl(control, dates));
    else if (code !== undefined) drawing.push(h('code', {}, decodeEntities(code)));
    else drawing.push(h(marks[mark], {}, drawMrkdwn(inner, dates)));
    end = match.index + whole.length;
  }
  return [...drawing, decodeEntities(text.slice(end))];
}

/** What stands between `<` and `>`. */
function drawControl(control, dates) {
  const bar = control.indexOf('|');
  const target = bar < 0 ? control : control.slice(0, bar);
  const label = bar < 0 ? undefined : decodeEntities(control.slice(bar + 1));
  if (target.startsWith('!date^')) {
    const [, seconds, tokens = '', url] = target.split('^');
    const date = dates.slack(Number(seconds), decodeEntities(tokens), label ?? '');
    return url === undefined ? date : link(decodeEntities(url), {}, date);
  }
  if (/^[@#!]/.test(target)) return mention(label ?? decodeEntities(target.replace(/^!subteam\^|^!/, '@')));
  const url = decodeEntities(target);
  return link(url, {}, label || url);
}

function mention(text) {
  return h('span', { class: 'mention' }, /^[@#]/.test(text) ? text : `@${text}`);
}

/** Text as it was before it was escaped for Slack. The order matters: an entity that was itself escaped stays one. */
export function decodeEntities(text) {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** The parts of a `rich_text` block. */
export function drawRichText(block, dates) {
  return h(
    'div',
    { class: 'rich' },
    listOf(block.elements).map((part) => drawPart(part, dates)),
  );
}

function drawPart(part, dates) {
  const inner = () => listOf(part.elements).map((element) => drawInline(element, dates));
  switch (part.type) {
    case 'rich_text_section':
      return h('div', {}, inner());
    case 'rich_text_quote':
      return h('blockquote', {}, inner());
    case 'rich_text_preformatted':
      return h('pre', {}, inner());
    case 'rich_text_list':
      return h(
        part.style === 'ordered' ? 'ol' : 'ul',
        {},
        listOf(part.elements).map((item) => h('li', {}, drawPart(item, dates))),
      );
    default:
      return notDrawn(part.type);
  }
}

function drawInline(element, dates) {
  switch (element.type) {
    case 'text':
      return styled(element.style, textOf(element.text));
    case 'link':
      return styled(element.style, link(element.url, {}, textOf(element.text) || textOf(element.url)));
    case 'date':
      return styled(
        element.style,
        dates.slack(element.timestamp, textOf(element.format), textOf(element.fallback)),
      );
    case 'emoji':
      return textOf(element.unicode) === '' ? `:${textOf(element.name)}:` : fromCodePoints(element.unicode);
    case 'user':
      return mention(textOf(element.user_id));
    case 'usergroup':
      return mention(textOf(element.usergroup_id));
    case 'broadcast':
      return mention(textOf(element.range));
    case 'channel':
      return mention(`#${textOf(element.channel_id)}`);
    default:
      return notDrawn(element.type);
  }
}

function styled(style, drawing) {
  let styledDrawing = drawing;
  if (style?.code === true) styledDrawing = h('code', {}, styledDrawing);
  if (style?.strike === true) styledDrawing = h('s', {}, styledDrawing);
  if (style?.italic === true) styledDrawing = h('em', {}, styledDrawing);
  if (style?.bold === true) styledDrawing = h('strong', {}, styledDrawing);
  return styledDrawing;
}

/** `1f44b-1f3fb` */
function fromCodePoints(hex) {
  const points = hex.split('-').map((point) => Number.parseInt(point, 16));
  return points.every((point) => point >= 0 && point <= 0x10ffff) ? String.fromCodePoint(...points) : '';
}
