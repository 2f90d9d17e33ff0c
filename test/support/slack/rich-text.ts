import { byType, type Check, flag, list, object, oneOf, text, webAddress, wholeNumber } from './shape.ts';

const anyText = text({ max: 13_200 });
const id = text({ max: 255 });
const textStyle = object({}, { bold: flag, italic: flag, strike: flag, code: flag, underline: flag });
const mentionStyle = object({}, { bold: flag, italic: flag, strike: flag });
const manyElements = { max: 1000 };

const textElement = object({ text: anyText }, { style: textStyle });
const linkElement = object({ url: webAddress }, { text: anyText, unsafe: flag, style: textStyle });

const inlineElement = byType({
  text: textElement,
  link: linkElement,
  emoji: object({ name: text({ max: 100 }) }, { unicode: text({ max: 100 }), style: mentionStyle }),
  date: object(
    { timestamp: wholeNumber, format: text({ max: 255 }) },
    { url: webAddress, fallback: anyText, style: textStyle },
  ),
  user: object({ user_id: id }, { style: mentionStyle }),
  usergroup: object({ usergroup_id: id }, { style: mentionStyle }),
  channel: object({ channel_id: id }, { style: mentionStyle }),
  broadcast: object({ range: oneOf('here', 'channel', 'everyone') }, { style: mentionStyle }),
});

const inlineElements = list(inlineElement, manyElements);
const border = oneOf(0, 1);

const section = object({ elements: inlineElements });
const richTextElement = byType({
  rich_text_section: section,
  rich_text_list: object(
    {
      style: oneOf('bullet', 'ordered'),
      elements: list(byType({ rich_text_section: section }), manyElements),
    },
    { indent: oneOf(0, 1, 2, 3, 4, 5, 6, 7, 8), offset: wholeNumber, border },
  ),
  rich_text_quote: object({ elements: inlineElements }, { border }),
  rich_text_preformatted: object(
    { elements: list(byType({ text: textElement, link: linkElement }), manyElements) },
    { border, language: id },
  ),
});

/** A `rich_text` block without its `type`. */
export const richTextBlock: Check = object(
  { elements: list(richTextElement, manyElements) },
  { block_id: id },
);
