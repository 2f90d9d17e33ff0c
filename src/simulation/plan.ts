import { httpAddress } from '#domain/text.ts';
import { OperatorError } from '#runtime/operator-error.ts';
import type { ConfiguredSource } from '#sources/configured.ts';
import { chooseMaker, chooseSource, type Nearest, platformOf } from './choose.ts';
import { platforms } from './index.ts';
import { override, parseOverride } from './overrides.ts';
import type { Platform, Sender } from './platform.ts';
import { type Rehearsed, rehearse } from './rehearse.ts';
import { storySeconds, type Told, tellMeeting, tellOne } from './story.ts';
import { secondsAfter } from './wire.ts';
import { WrongUse } from './wrong-use.ts';

/** What somebody asks for on the command line, as it was written. */
export type Asked = {
  /** Name or type of a source. */
  readonly source?: string | undefined;
  readonly event?: string | undefined;
  /** `path=value` each. */
  readonly set: readonly string[];
  readonly url?: string | undefined;
  /** Milliseconds between the events of a meeting, or `realistic`. */
  readonly pace: string;
  /** File with a private key. */
  readonly key?: string | undefined;
  readonly isMeeting: boolean;
  readonly isList: boolean;
};

export type World = {
  /** The sources of rules.yaml. May throw OperatorError. */
  readonly sources: () => readonly ConfiguredSource[];
  readonly readFile: (path: string) => string;
  /** Where the service listens on this machine. */
  readonly port: number;
  readonly now: () => Date;
  /** A fresh UUID. */
  readonly newId: () => string;
  readonly nearest: Nearest;
};

/** A webhook to be sent `waitMs` after the one before. It is signed when asked for, as signatures are good for minutes only. */
export type Planned = { readonly waitMs: number; readonly rehearse: () => Promise<Rehearsed> };

export type Plan =
  | { readonly kind: 'wrong'; readonly message: string }
  | { readonly kind: 'list'; readonly lines: readonly string[] }
  /** `notes`: what is worth knowing before anything is sent. */
  | {
      readonly kind: 'webhooks';
      readonly url: string;
      readonly notes: readonly string[];
      readonly webhooks: readonly Planned[];
    };

/** Makes the webhooks that were asked for, or says what is wrong with the asking. Throws OperatorError where the configuration stands in the way. */
export function planSimulation(asked: Asked, world: World): Plan {
  try {
    return asked.isList ? { kind: 'list', lines: listEvents(asked, world) } : planWebhooks(asked, world);
  } catch (error) {
    if (error instanceof WrongUse) return { kind: 'wrong', message: error.message };
    throw error;
  }
}

function listEvents({ source }: Asked, world: World): readonly string[] {
  if (source === undefined) return platforms.flatMap((platform) => [`${platform.type}:`, ...lines(platform)]);
  const platform = platforms.find(({ type }) => type === source);
  if (platform !== undefined) return lines(platform);
  const { type } = chooseSource(source, world.sources(), world.nearest);
  return lines(platformOf(type.type, world.nearest));
}

function lines({ events }: Platform): readonly string[] {
  const width = Math.max(...[...events.keys()].map((name) => name.length));
  return [...events].map(([name, { becomes }]) => `  ${name.padEnd(width)}  ${becomes}`);
}

function planWebhooks(asked: Asked, world: World): Plan {
  const { now, newId, nearest } = world;
  if (asked.source === undefined)
    throw new WrongUse('say which source: its name in rules.yaml, or a type such as plugnmeet');
  const overrides = asked.set.map(parseOverride);
  const paceMs = readPace(asked.pace);
  const source = chooseSource(asked.source, world.sources(), nearest);
  const platform = platformOf(source.type.type, nearest);
  const told = tell(asked, platform, paceMs, world);
  const url = readUrl(asked.url, source.name, world.port);
  const privateKey = asked.key === undefined ? undefined : readKey(asked.key, world);
  const tools = { name: source.name, privateKey, newId };
  if (source.unset.length > 0) throw unsetError(source, platform.hint?.(tools));
  const sender = platform.open(source.settings, tools);
  const { payloads, added } = override(drafts(told, sender), overrides, nearest);
  const opened = source.type.open(source.name, source.settings, {
    fetch: () => Promise.reject(new Error('a simulation asks nobody')),
    pseudonym: (text) => text,
    now,
  });
  return {
    kind: 'webhooks',
    url,
    notes: added.map((path) => `note: ${platform.type} itself does not send ${path} here`),
    webhooks: told.map(({ event, becomes, afterMs }, index) => ({
      waitMs: index === 0 ? 0 : (paceMs ?? afterMs),
      rehearse: () =>
        rehearse(
          {
            source: opened,
            sender,
            url,
            event,
            payload: payloads[index] ?? {},
            // What people changed may mean something else; what nobody changed must not.
            becomes: overrides.length === 0 ? becomes : undefined,
          },
          now(),
        ),
    })),
  };
}

function unsetError({ name, unset }: ConfiguredSource, hint: string | undefined): OperatorError {
  const isOne = unset.length === 1;
  const message = `${unset.join(' and ')} ${isOne ? 'is' : 'are'} not set, so webhooks of ${name} can neither be signed nor checked. Set ${isOne ? 'it' : 'them'} in the environment or in .env, for the service too.`;
  return new OperatorError(hint === undefined ? message : `${message}\n${hint}`);
}

function tell(
  { event, isMeeting }: Asked,
  platform: Platform,
  paceMs: number | undefined,
  { now, newId, nearest }: World,
): readonly Told[] {
  if (isMeeting) {
    if (event !== undefined) throw new WrongUse(`either the event ${event} or --meeting, not both`);
    // Told in a few seconds, the meeting has just ended; told at its own pace, it begins.
    const startedAt = paceMs === undefined ? now() : secondsAfter(now(), -storySeconds(platform));
    return tellMeeting(platform, startedAt, newId);
  }
  if (event === undefined)
    throw new WrongUse(
      `say which event, or --meeting for a whole one. All events: npx callboard simulate ${platform.type} --list`,
    );
  return [tellOne(event, chooseMaker(event, platform, nearest), now(), newId)];
}

function drafts(told: readonly Told[], { shape, isPersonal }: Sender) {
  return told.map(({ event, payload, isGuest }) => ({
    payload: shape === undefined ? payload : shape(payload, event),
    takes: (path: readonly string[]) => isGuest || !isPersonal(path),
  }));
}

/** Milliseconds between events; undefined for those of the meeting itself. */
function readPace(pace: string): number | undefined {
  if (pace === 'realistic') return undefined;
  if (/^\d{1,7}$/.test(pace)) return Number(pace);
  throw new WrongUse(`--pace ${pace}: milliseconds between events are needed, or the word realistic`);
}

function readUrl(url: string | undefined, name: string, port: number): string {
  if (url === undefined) return `http://localhost:${port}/hooks/${name}`;
  const address = httpAddress(url);
  if (address !== undefined) return address;
  throw new WrongUse(
    `--url ${url}: an address beginning with http:// or https:// is needed, without a password in it`,
  );
}

function readKey(path: string, { readFile }: World): string {
  try {
    return readFile(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const reason = code === 'ENOENT' ? 'it does not exist' : code || 'unknown reason';
    throw new WrongUse(`--key ${path}: the file cannot be read: ${reason}`);
  }
}
