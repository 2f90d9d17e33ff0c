import type { Artifact } from '#domain/artifact.ts';
import { type Fact, type Line, type Message, plainText } from '#domain/message.ts';
import { cut, oneLine } from '#domain/text.ts';
import { isObject, type JsonObject, readPath } from '#domain/value.ts';
import { markdownBlocks } from './markdown.ts';
import { Tray } from './pieces.ts';
import type { Template } from './template.ts';
import { plainLine } from './wording.ts';

/** What a rendering may use. `artifactLink` makes our own link to a file of this event, or says there is none. */
export type RenderTools = {
  readonly timezone: string;
  /** How long links to files work; as usual where not given. */
  readonly linkExpiryMs?: number | undefined;
  readonly artifactLink: (
    facts: JsonObject,
    target: JsonObject,
    options: { readonly expiresMs?: number | undefined },
  ) => { readonly url: string; readonly artifact: Artifact } | undefined;
};

/** The message, and the files its links open, each once. */
export type Rendered = { readonly message: Message; readonly artifacts: readonly Artifact[] };

/** Words a message from the facts. Missing values drop with their label, line or button. Throws what a template's own text makes impossible. */
export function render(template: Template, facts: JsonObject, tools: RenderTools): Rendered {
  const tray = new Tray();
  const artifacts = new Map<string, Artifact>();
  const named = withNames(facts);
  const rendering = {
    tray,
    context: {
      timezone: tools.timezone,
      artifactLink: (target: unknown) => {
        const link = isObject(target)
          ? tools.artifactLink(facts, target, { expiresMs: tools.linkExpiryMs })
          : undefined;
        if (link) artifacts.set(link.artifact.id, link.artifact);
        return link?.url;
      },
    },
  };
  const words = (part: Template['title']) => part?.render(named, rendering) ?? '';
  const title = plainLine(words(template.title), tray);
  const sentence = plainLine(words(template.sentence), tray);
  const facts_: Fact[] = template.facts.flatMap(({ label, value }) => {
    const text = words(value);
    const line = plainLine(text, tray);
    return tray.isHollow(text) || line.length === 0 ? [] : [{ label, value: line }];
  });
  const buttons = template.buttons.flatMap(({ text, url }) => {
    const address = tray.address(words(url));
    const label = plainText(plainLine(words(text), tray));
    return address === undefined || label === '' ? [] : [{ text: label, url: address.url }];
  });
  const body = markdownBlocks(withoutHollowLines(words(template.body), tray), tray);
  const room = readPath(facts, ['room', 'name']);
  const at = readPath(facts, ['event', 'time']);
  const message: Message = {
    state: template.state,
    title,
    sentence: firstFilled(sentence, title),
    body,
    facts: facts_,
    buttons,
    at: typeof at === 'string' ? at : new Date(0).toISOString(),
    ...(typeof room === 'string' ? { room: cut(oneLine(room), 60) } : {}),
  };
  return { message, artifacts: [...artifacts.values()] };
}

function firstFilled(...lines: readonly Line[]): Line {
  return lines.find((line) => line.length > 0) ?? [];
}

/** A line of the body whose values are all missing goes, with the words around them. */
function withoutHollowLines(body: string, tray: Tray): string {
  return body
    .split('\n')
    .filter((line) => !tray.isHollow(line))
    .join('\n');
}

/** A missing name prints the id, and so does one that shows nothing. */
function withNames(facts: JsonObject): JsonObject {
  const { participant } = facts;
  if (!isObject(participant)) return facts;
  const { name, id } = participant;
  const isNamed = typeof name === 'string' && oneLine(name) !== '';
  return isNamed || id === undefined ? facts : { ...facts, participant: { ...participant, name: id } };
}
