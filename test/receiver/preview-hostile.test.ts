import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assert as check, property, stringMatching } from 'fast-check';
import { formatDiscord } from '#destinations/discord-format.ts';
import { formatSlack } from '#destinations/slack-format.ts';
import type { Line, Message } from '#domain/message.ts';
import {
  at,
  content,
  dates,
  drawDiscord,
  drawEntry,
  drawSlack,
  elementsOf,
  embed,
  links,
  markup,
  mrkdwn,
  slack,
  textOf,
} from './preview-page.ts';

test('an address that does not lead to the web becomes text', () => {
  const urls = [
    'javascript:alert(1)',
    ' javascript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    '/relative',
    'x',
  ];
  for (const url of urls) {
    const trees = [
      mrkdwn(`<${url}|label>`),
      slack({ type: 'actions', elements: [{ type: 'button', text: { text: 'label' }, url }] }),
      slack({
        type: 'rich_text',
        elements: [{ type: 'rich_text_section', elements: [{ type: 'link', url, text: 'label' }] }],
      }),
      embed({ title: 'label', url }),
      content(`[label](${url})`),
      drawDiscord(
        {
          content: '',
          embeds: [],
          components: [{ type: 1, components: [{ type: 2, style: 5, label: 'label', url }] }],
        },
        { dates, at },
      ),
    ];
    for (const tree of trees) {
      assert.deepEqual(links(tree), [], url);
      assert.match(textOf(tree), /label/);
    }
  }
});

test('every link opens beside the page and tells its target nothing', () => {
  const tree = [content('https://ok.example.com/a'), mrkdwn('<https://ok.example.com/b>')];
  const found = elementsOf(tree).filter(({ tag }) => tag === 'a');
  assert.equal(found.length, 2);
  for (const { attributes } of found) {
    assert.equal(attributes['rel'], 'noopener noreferrer nofollow');
    assert.equal(attributes['target'], '_blank');
  }
});

const hostile = stringMatching(/^[<>&*_~`|\\[\]()@#:!/\- \n"'a-z0-9.]{0,60}$/);
const safeTags = new Set(
  'a article blockquote code dd div dl dt em header hr li mark ol p path pre s section span strong svg time u ul'.split(
    ' ',
  ),
);
const safeAttributes =
  /^(?:class|href|rel|target|colour|datetime|title|tabindex|viewBox|d|aria-[a-z]+|data-(?:moment|state|platform))$/;

test('whatever texts a message holds, its drawing has only our elements and links to the web', () => {
  let seen = 0;
  check(
    property(hostile, hostile, (one, other) => {
      const tree = drawEntry(
        {
          destination: one,
          rule: other,
          state: one,
          reason: other,
          createdAt: one,
          slack: {
            text: one,
            blocks: [
              { type: one },
              { type: 'header', text: markup(one) },
              { type: 'section', fields: [markup(other)], accessory: { type: other } },
              {
                type: 'rich_text',
                elements: [{ type: 'rich_text_quote', elements: [{ type: 'link', url: one }] }],
              },
            ],
          },
          discord: {
            content: one,
            embeds: [
              { title: other, url: one, color: one, description: `${one}\n${other}`, footer: { text: one } },
            ],
            components: [{ type: 1, components: [{ type: 2, style: 5, label: one, url: other }] }],
          },
        },
        dates,
      );
      for (const { tag, attributes } of elementsOf(tree)) {
        seen += 1;
        assert.ok(safeTags.has(tag), tag);
        for (const [name, value] of Object.entries(attributes)) {
          assert.match(name, safeAttributes);
          if (name === 'href') assert.match(value ?? '', /^https?:\/\//);
        }
      }
    }),
    { numRuns: 300 },
  );
  assert.ok(seen > 300);
});

test('a hostile name in a message of ours reads on both drawings as it was', () => {
  const name = '**Eve** _x_ `y` <@1> <!channel> [a](https://evil.example) ~~z~~ > \\* <b>';
  const line: Line = [{ kind: 'text', text: name, isValue: true }];
  const message: Message = {
    state: 'live',
    title: [{ kind: 'text', text: 'Title' }],
    sentence: line,
    body: [{ kind: 'paragraph', line }],
    facts: [{ label: 'Host', value: line }],
    buttons: [],
    at: '2025-02-08T07:33:20.000Z',
  };
  const trees = [
    drawSlack(formatSlack(message, { compact: false }), { dates, at }),
    drawDiscord(formatDiscord(message, { deliveryId: 'x', compact: false }), { dates, at }),
  ];
  for (const tree of trees) {
    const shown = textOf(tree).replaceAll('\u200b', '');
    assert.ok(shown.split(name).length > 2, shown);
    assert.deepEqual(links(tree), []);
  }
});
