import type { Inline, TimeStyle } from '#domain/message.ts';
import { cut, httpAddress, oneLine } from '#domain/text.ts';
import { isObject } from '#domain/value.ts';
import { durationWords, filesizeWords, timeWords } from './words.ts';

/** What helpers need to know about the rendering they serve. */
export type HelperContext = {
  readonly timezone: string;
  /** Our own link to a recording, artifact or HLS stream of the event being rendered; undefined where there is nothing to open. */
  readonly artifactLink: (target: unknown) => string | undefined;
};

/** A finished piece of a message, as a helper hands it on to be printed. */
export class Piece {
  readonly inline: Inline;
  constructor(inline: Inline) {
    this.inline = inline;
  }
}

type Hash = Readonly<Record<string, unknown>>;
type Helper = (context: HelperContext, params: readonly unknown[], hash: Hash) => unknown;

const isMissing = (value: unknown) => value === undefined || value === null || value === '';
const numeric = (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? value : undefined);
const own = (text: string) => new Piece({ kind: 'text', text });
const same = (one: unknown, other: unknown) => !isMissing(one) && one === other;

function moment(style: TimeStyle): Helper {
  return ({ timezone }, [value]) =>
    typeof value === 'string' ? timePiece(value, style, timezone) : undefined;
}

/** A time that each reader sees in their own zone; undefined if the text is not an ISO 8601 date. */
export function timePiece(text: string, style: TimeStyle, timezone: string): Piece | undefined {
  if (!/^\d{4}-\d\d-\d\d/.test(text) || Number.isNaN(Date.parse(text))) return undefined;
  const at = new Date(text).toISOString();
  return new Piece({ kind: 'time', at, style, fallback: timeWords(at, style, timezone) });
}

function linkPiece(url: unknown, label: unknown): Piece | undefined {
  const address = typeof url === 'string' ? httpAddress(url) : undefined;
  if (address === undefined) return undefined;
  const text = cut(oneLine(typeof label === 'string' && label !== '' ? label : address), 80);
  return new Piece({
    kind: 'link',
    url: address,
    label: [{ kind: 'text', text, isValue: true }],
    isValue: true,
  });
}

function compare(holds: (one: number, other: number) => boolean): Helper {
  return (_, [one, other]) => {
    const [left, right] = [numeric(one), numeric(other)];
    return left !== undefined && right !== undefined && holds(left, right);
  };
}

/** The helpers a template may call, by name. A value that is missing or of another type prints nothing; none of them throws. */
export const helpers: Readonly<Record<string, Helper>> = {
  date: moment('date'),
  time: moment('time'),
  ago: moment('ago'),
  duration: (_, [value]) => {
    const seconds = numeric(value);
    return seconds === undefined || seconds < 0 ? undefined : own(durationWords(seconds));
  },
  filesize: (_, [value]) => {
    const bytes = numeric(value);
    return bytes === undefined || bytes < 0 ? undefined : own(filesizeWords(bytes));
  },
  plural: (_, [count, one, many]) => {
    const word = count === 1 ? one : many;
    return numeric(count) === undefined || typeof word !== 'string' ? undefined : own(word);
  },
  join: (_, [list]) => {
    if (!Array.isArray(list)) return undefined;
    const names = list.filter((each): each is string => typeof each === 'string' && each !== '');
    if (names.length <= 3) return names.join(', ');
    const rest = names.length - 3;
    return `${names.slice(0, 3).join(', ')} and ${rest} ${rest === 1 ? 'other' : 'others'}`;
  },
  truncate: (_, [text, length]) =>
    typeof text === 'string' ? cut(oneLine(text), Math.max(1, Math.floor(numeric(length) ?? 80))) : text,
  default: (_, params) => params.find((each) => !isMissing(each)),
  link: (_, [url, label], hash) => linkPiece(url, label ?? hash['text']),
  artifact_link: ({ artifactLink }, [target], hash) =>
    isObject(target) ? linkPiece(artifactLink(target), hash['text'] ?? 'Open') : undefined,
  upper: (_, [text]) => (typeof text === 'string' ? text.toUpperCase() : text),
  lower: (_, [text]) => (typeof text === 'string' ? text.toLowerCase() : text),
  eq: (_, [one, other]) => same(one, other),
  and: (_, params) => params.every((each) => !isMissing(each) && each !== false),
  or: (_, params) => params.some((each) => !isMissing(each) && each !== false),
  not: (_, [value]) => isMissing(value) || value === false,
  gt: compare((one, other) => one > other),
  lt: compare((one, other) => one < other),
};
