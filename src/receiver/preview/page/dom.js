const vector = new Set(['svg', 'path']);

/** Turns a drawing into elements. The only place of the page that makes any. */
export function build(drawing) {
  if (typeof drawing === 'string') return document.createTextNode(drawing);
  const element = vector.has(drawing.tag)
    ? document.createElementNS('http://www.w3.org/2000/svg', drawing.tag)
    : document.createElement(drawing.tag);
  for (const [name, value] of Object.entries(drawing.attributes)) {
    // The page's policy forbids style attributes, but not setting a property.
    if (name === 'colour') element.style.setProperty('--colour', value);
    else if (value !== undefined) element.setAttribute(name, value);
  }
  element.append(...drawing.children.map(build));
  return element;
}
