import { drawMrkdwn, drawRichText, drawText } from './slack-text.js';
import { avatar, h, link, listOf, notDrawn, textOf } from './tree.js';

/** The message as Slack's desktop app draws it, posted at `at` (seconds since 1970). */
export function drawSlack(message, { dates, at }) {
  const blocks = listOf(message.blocks);
  return h(
    'div',
    { class: 'slack' },
    avatar(),
    h(
      'div',
      { class: 'slack-post' },
      h(
        'p',
        { class: 'slack-author' },
        h('strong', {}, 'Callboard'),
        h('span', { class: 'slack-app' }, 'App'),
        dates.clock(at),
      ),
      blocks.length === 0
        ? h('div', { class: 'rich' }, drawMrkdwn(textOf(message.text), dates))
        : blocks.map((block) => drawBlock(block, dates)),
    ),
  );
}

function drawBlock(block, dates) {
  switch (block.type) {
    case 'header':
      return h('p', { class: 'slack-header' }, drawText(block.text, dates));
    case 'context':
      return h(
        'div',
        { class: 'slack-context' },
        listOf(block.elements).map((element) => drawContext(element, dates)),
      );
    case 'section':
      return drawSection(block, dates);
    case 'rich_text':
      return drawRichText(block, dates);
    case 'actions':
      return h('div', { class: 'slack-actions' }, listOf(block.elements).map(drawElement));
    case 'divider':
      return h('hr', {});
    default:
      return notDrawn(block.type);
  }
}

function drawContext(element, dates) {
  if (element.type !== 'mrkdwn' && element.type !== 'plain_text') return notDrawn(element.type);
  return h('span', {}, drawText(element, dates));
}

function drawSection(block, dates) {
  const fields = listOf(block.fields);
  return h(
    'div',
    { class: 'slack-section' },
    h(
      'div',
      { class: 'slack-section-text' },
      block.text && h('div', {}, drawText(block.text, dates)),
      fields.length > 0
        ? h(
            'div',
            { class: 'slack-fields' },
            fields.map((field) => h('div', {}, drawText(field, dates))),
          )
        : undefined,
    ),
    block.accessory && drawElement(block.accessory),
  );
}

function drawElement(element) {
  if (element.type !== 'button') return notDrawn(element.type);
  const style = element.style === 'primary' || element.style === 'danger' ? ` slack-${element.style}` : '';
  const label = textOf(element.accessibility_label);
  const attributes = { class: `slack-button${style}`, 'aria-label': label === '' ? undefined : label };
  if (element.url === undefined) return h('span', { class: attributes.class }, textOf(element.text?.text));
  return link(element.url, attributes, textOf(element.text?.text));
}
