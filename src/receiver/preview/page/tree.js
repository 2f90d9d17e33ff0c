// Drawings are plain data: a text, or an element with a tag, attributes and children. Only dom.js turns them into elements, and a
// text from outside can only ever become a text node, an attribute value, or the address of a link made here.

/** An element. Children may be texts, elements, lists of both, or undefined. */
export function h(tag, attributes, ...children) {
  return {
    tag,
    attributes,
    children: children.flat(9).filter((child) => child !== undefined && child !== null && child !== ''),
  };
}

/** The address if it leads to the web; undefined for any other scheme and for what is no absolute address. */
export function webAddress(value) {
  if (typeof value !== 'string' || !URL.canParse(value)) return undefined;
  const { protocol, href } = new URL(value);
  return protocol === 'https:' || protocol === 'http:' ? href : undefined;
}

/** A link that opens beside the page and tells its target nothing; only its label where the address does not lead to the web. */
export function link(url, attributes, ...children) {
  const href = webAddress(url);
  if (href === undefined) return h('span', attributes, ...children);
  const rel = 'noopener noreferrer nofollow';
  return h('a', { ...attributes, href, rel, target: '_blank' }, ...children);
}

/** Stands where the platform would show something this page cannot draw. */
export function notDrawn(type) {
  return h('p', { class: 'not-drawn' }, `not drawn: ${textOf(type) || 'unknown'}`);
}

/** The avatar of the bot, a letter instead of a picture. */
export function avatar() {
  return h('span', { class: 'avatar', 'aria-hidden': 'true' }, 'C');
}

/** The text, or nothing where it is no text. */
export function textOf(value) {
  return typeof value === 'string' ? value : '';
}

/** The list of objects, or an empty one. */
export function listOf(value) {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'object' && one !== null) : [];
}
