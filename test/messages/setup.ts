import type { Block, Line, Message } from '#domain/message.ts';
import { plainText } from '#domain/message.ts';
import type { JsonObject } from '#domain/value.ts';
import { TemplateLibrary } from '#messages/library.ts';
import { type RenderTools, render } from '#messages/render.ts';

/** No links to files, times in UTC. */
export const tools: RenderTools = { timezone: 'UTC', artifactLink: () => undefined };

/** An event with most of what a template may name. */
export const facts: JsonObject = {
  event: { type: 'recording.ready', native: 'recording_proceeded', time: '2026-01-05T09:30:00.000Z' },
  source: { name: 'meet', type: 'plugnmeet' },
  room: {
    id: 'room-1',
    name: 'Weekly sync',
    url: 'https://meet.example/room-1',
    metadata: { team: 'Sales', tags: ['a', 'b', 'c', 'd', 'e'] },
  },
  session: { id: 'S1', started_at: '2026-01-05T08:45:00.000Z', present: 3, peak: 5, seconds: 2520 },
  participant: { id: 'anna-1', name: 'Anna', kind: 'human' },
  recording: { id: 'rec-1', bytes: 52_430_000, seconds: 2534, is_encrypted: true },
  raw: { count: 1234567, list: [{ name: 'one' }, { name: 'two' }], nothing: [] },
};

/** What is wrong with a template, each as `line:col message`. */
export function problemsOf(text: string): readonly string[] {
  return libraryOf(text).problems.map(({ at, message }) => `${at.line}:${at.col} ${message}`);
}

function libraryOf(text: string): TemplateLibrary {
  return new TemplateLibrary([{ name: 'test', path: 'templates/test.hbs', text }]);
}

/** Compiles a template file, which must have no problems, for many messages. */
export function compiled(text: string): (of: JsonObject, using?: RenderTools) => Message {
  const library = libraryOf(text);
  const template = library.words({ template: 'test' });
  if (template === undefined)
    throw new Error(`the template has problems: ${JSON.stringify(library.problems)}`);
  return (of, using = tools) => render(template, of, using).message;
}

/** Renders a whole template file once. */
export function worded(text: string, of: JsonObject = facts, using: RenderTools = tools): Message {
  return compiled(text)(of, using);
}

/** Renders one line as a title and gives its pieces. */
export function lineOf(text: string, of: JsonObject = facts, using: RenderTools = tools): Line {
  return worded(`---\ntitle: ${JSON.stringify(text)}\n---\n`, of, using).title;
}

/** Renders one line and gives what a reader sees. */
export function shown(text: string, of: JsonObject = facts, using: RenderTools = tools): string {
  return plainText(lineOf(text, of, using));
}

/** Renders a body. */
export function bodyOf(
  markdown: string,
  of: JsonObject = facts,
  using: RenderTools = tools,
): readonly Block[] {
  return worded(`---\ntitle: x\n---\n${markdown}`, of, using).body;
}
