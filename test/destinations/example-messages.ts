import type { Inline, Line, Message } from '#domain/message.ts';

/** Words of the admin. */
export function text(words: string): Inline & { kind: 'text' } {
  return { kind: 'text', text: words };
}

/** Words from outside. */
export function value(words: string): Inline & { kind: 'text' } {
  return { kind: 'text', text: words, isValue: true };
}

export const at = '2025-02-08T07:33:20.000Z';
const moment = { kind: 'time', at } as const;

export const vipJoined: Message = {
  state: 'attention',
  title: [value('Guest One'), text(' joined '), value('Quarterly review')],
  sentence: [value('Guest One'), text(' joined '), value('Quarterly review'), text('. 6 people are in.')],
  body: [],
  facts: [
    { label: 'Host', value: [value('Host Two')] },
    { label: 'In the meeting', value: [text('6 people')] },
    { label: 'Joined', value: [{ ...moment, style: 'ago', fallback: '8 Feb 2025 07:33 UTC' }] },
  ],
  buttons: [{ text: 'Join meeting', url: 'https://meet.example.com/quarterly-review' }],
  at,
  room: 'Room 2',
};

export const recordingMissing: Message = {
  state: 'failed',
  title: [text('No recording for '), value('Weekly sync')],
  sentence: [
    text('No recording for '),
    value('Weekly sync'),
    text(': no file has arrived 30 min after the end.'),
  ],
  body: [{ kind: 'paragraph', line: [text('A file that comes later is still announced.')] }],
  facts: [],
  buttons: [],
  at,
};

/** A message that shows `words`, from outside, in every place a message has. */
export function everywhere(words: string): Message {
  const name = value(words);
  const line: Line = [text('Guest '), name, text(' is here')];
  const bold: Line = [{ ...value(words), bold: true }, name, { ...value(words), italic: true }];
  return {
    state: 'live',
    title: [name, text(' joined')],
    sentence: [name, text(' joined the room')],
    body: [
      { kind: 'paragraph', line: [name] },
      { kind: 'paragraph', line },
      { kind: 'paragraph', line: bold },
      { kind: 'list', isOrdered: false, items: [[name], line] },
      { kind: 'list', isOrdered: true, items: [[name]] },
      { kind: 'quote', line: [name] },
      { kind: 'code', line: [name] },
      { kind: 'paragraph', line: [text('in code '), { ...value(words), code: true }, text('.')] },
    ],
    facts: [
      { label: 'Name', value: [name] },
      { label: 'Since', value: [name, text(' since '), { ...moment, style: 'time', fallback: '07:33 UTC' }] },
    ],
    buttons: [{ text: words, url: 'https://meet.example.com/room' }],
    at,
    room: words,
  };
}
