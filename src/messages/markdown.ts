import type { Nodes, PhrasingContent, RootContent } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmStrikethroughFromMarkdown } from 'mdast-util-gfm-strikethrough';
import { gfmStrikethrough } from 'micromark-extension-gfm-strikethrough';
import type { Block, Emphasis, Inline, Line } from '#domain/message.ts';
import type { Tray } from './pieces.ts';

const disabled = [
  'htmlFlow',
  'htmlText',
  'codeIndented',
  'definition',
  'setextUnderline',
  'autolink',
  'characterReference',
];

/** Reads the Markdown of a template, in which marks stand for values, into blocks with the values put back. */
export function markdownBlocks(markdown: string, tray: Tray): readonly Block[] {
  if (markdown.trim() === '') return [];
  const root = fromMarkdown(markdown, {
    extensions: [gfmStrikethrough(), { disable: { null: disabled } }],
    mdastExtensions: [gfmStrikethroughFromMarkdown()],
  });
  return root.children.flatMap((node) => blocksOf(node, tray));
}

function blocksOf(node: RootContent, tray: Tray): Block[] {
  switch (node.type) {
    case 'paragraph':
      return paragraph('paragraph', lineOf(node.children, {}, tray));
    case 'heading':
      return paragraph('paragraph', lineOf(node.children, { bold: true }, tray));
    case 'blockquote':
      return paragraph('quote', joined(node.children.map((child) => flatLine(child, tray))));
    case 'code':
      return paragraph('code', restored(node.value, {}, tray));
    case 'list': {
      const items = node.children.map((item) => joined(item.children.map((child) => flatLine(child, tray))));
      const kept = items.filter((item) => item.length > 0);
      return kept.length === 0 ? [] : [{ kind: 'list', isOrdered: node.ordered === true, items: kept }];
    }
    default:
      return [];
  }
}

function paragraph(kind: 'paragraph' | 'quote' | 'code', line: Line): Block[] {
  return line.length === 0 ? [] : [{ kind, line }];
}

/** One line out of whatever stands inside a list item or a quote; nesting is flattened, no chat draws it. */
function flatLine(node: Nodes, tray: Tray): Line {
  if (node.type === 'paragraph' || node.type === 'heading') return lineOf(node.children, {}, tray);
  if ('children' in node) return joined(node.children.map((child) => flatLine(child, tray)));
  return 'value' in node ? restored(node.value, {}, tray) : [];
}

function joined(lines: readonly Line[]): Line {
  return lines
    .filter((line) => line.length > 0)
    .flatMap((line, index): Line => (index === 0 ? line : [{ kind: 'break' }, ...line]));
}

function lineOf(nodes: readonly PhrasingContent[], style: Emphasis, tray: Tray): Line {
  return nodes.flatMap((node) => inlineOf(node, style, tray));
}

function inlineOf(node: PhrasingContent, style: Emphasis, tray: Tray): Line {
  switch (node.type) {
    case 'text':
      return restored(node.value, style, tray);
    case 'strong':
      return lineOf(node.children, { ...style, bold: true }, tray);
    case 'emphasis':
      return lineOf(node.children, { ...style, italic: true }, tray);
    case 'delete':
      return lineOf(node.children, { ...style, strike: true }, tray);
    case 'inlineCode':
      return restored(node.value, { ...style, code: true }, tray);
    case 'break':
      return [{ kind: 'break' }];
    case 'link':
      return linkOf(node.url, lineOf(node.children, {}, tray), style, tray);
    case 'image':
      return restored(node.alt ?? '', style, tray);
    default:
      return [];
  }
}

/** A link whose address is missing or not http(s) leaves its words. */
function linkOf(target: string, words: Line, style: Emphasis, tray: Tray): Line {
  const label = words.flatMap((piece) => (piece.kind === 'link' ? piece.label : [piece]));
  const address = tray.address(target);
  if (address === undefined || label.length === 0) return label;
  return [{ kind: 'link', url: address.url, label, ...(address.isValue ? { isValue: true } : {}), ...style }];
}

/** Text with its values put back; line ends become breaks. */
function restored(text: string, style: Emphasis, tray: Tray): Line {
  return tray.split(text).flatMap((part): Line => {
    if (typeof part !== 'string') return [{ ...part, ...style }];
    return part
      .split('\n')
      .flatMap((line, index): Inline[] => [
        ...(index === 0 ? [] : [{ kind: 'break' as const }]),
        ...(line === '' ? [] : [{ kind: 'text' as const, text: line, ...style }]),
      ]);
  });
}
