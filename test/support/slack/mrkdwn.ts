/** What a reader gets out of text: `texts` are plain words, `markup` the parts that formatting marks have dressed. */
export type Reading = {
  readonly pings: readonly string[];
  readonly links: readonly string[];
  readonly texts: readonly string[];
  readonly markup: readonly string[];
};

type MarkdownOptions = {
  /** Addresses that stand in the text as plain words become links. */
  readonly linksBareUrls: boolean;
  /** `@here` and the like, written as plain words, notify. */
  readonly linksNames: boolean;
  /** Asterisks and the like format. */
  readonly formats: boolean;
};

type Token = { readonly ping?: string; readonly link?: string; readonly text: string };

const controlSequence = /<([^<>\n]+)>/g;
const bareAddress = /(?:https?:\/\/|www\.)[^\s<>]+|\b(?:[\w-]+\.)+[a-z]{2,}\b(?:\/[^\s<>]*)?/gi;
const bareBroadcast = /(?<!\w)@(?:here|channel|everyone)\b/g;
/** Each pattern's first group is what remains of the marked part. */
const marks: readonly RegExp[] = [
  /```([\s\S]+?)```/g,
  /`([^`\n]+)`/g,
  /(?<![\w*])\*(?!\s)([^*\n]+?)(?<!\s)\*(?![\w*])/g,
  /(?<!\w)_(?!\s)([^_\n]+?)(?<!\s)_(?!\w)/g,
  /(?<![\w~])~(?!\s)([^~\n]+?)(?<!\s)~(?![\w~])/g,
  /^(?:>|&gt;)[ \t]*(.*)$/gm,
];

/** Reads one piece of Slack's mrkdwn as its clients show it. */
export function readMarkdown(source: string, options: MarkdownOptions): Reading {
  const tokens: Token[] = [];
  const outside = source.replaceAll(controlSequence, (whole: string, content: string) => {
    const token = readControl(content);
    if (token === undefined) return whole;
    tokens.push(token);
    return placeholder(tokens.length - 1);
  });
  const markup: string[] = [];
  const plain = options.formats ? strip(outside, markup) : outside;
  const reveal = (text: string): string => decode(fill(text, tokens));
  const words = decode(plain);
  return {
    pings: [...tokens.flatMap(({ ping }) => ping ?? []), ...found(words, bareBroadcast, options.linksNames)],
    links: [...tokens.flatMap(({ link }) => link ?? []), ...found(words, bareAddress, options.linksBareUrls)],
    texts: [reveal(plain)],
    markup: markup.map(reveal),
  };
}

/** What stands between angle brackets; undefined when Slack shows it as it is. */
function readControl(content: string): Token | undefined {
  const bar = content.indexOf('|');
  const target = bar < 0 ? content : content.slice(0, bar);
  const label = bar < 0 ? undefined : content.slice(bar + 1);
  const broadcast = /^!(here|channel|everyone)$/.exec(target)?.[1];
  if (broadcast !== undefined) return { ping: `@${broadcast}`, text: `@${broadcast}` };
  const group = /^!subteam\^(\w+)$/.exec(target)?.[1];
  if (group !== undefined) return { ping: group, text: label ?? `@${group}` };
  if (target.startsWith('!date^')) {
    const link = target.split('^')[3];
    return { ...(link === undefined ? {} : { link }), text: label ?? '' };
  }
  const user = /^@([UW]\w+)$/.exec(target)?.[1];
  if (user !== undefined) return { ping: user, text: `@${label ?? user}` };
  const channel = /^#(C\w+)$/.exec(target)?.[1];
  if (channel !== undefined) return { link: `#${channel}`, text: `#${label ?? channel}` };
  if (/^(?:https?:\/\/|mailto:|tel:)/i.test(target)) return { link: decode(target), text: label ?? target };
  return undefined;
}

function strip(source: string, markup: string[]): string {
  return marks.reduce(
    (text, mark) =>
      text.replaceAll(mark, (_whole: string, inner: string) => {
        markup.push(inner);
        return inner;
      }),
    source,
  );
}

function found(text: string, pattern: RegExp, isOn: boolean): string[] {
  return isOn ? Array.from(text.matchAll(pattern), ([match]) => match) : [];
}

const privateUse = 0xe000;

function placeholder(index: number): string {
  return String.fromCharCode(privateUse + index);
}

function fill(text: string, tokens: readonly Token[]): string {
  return text.replaceAll(/[\ue000-\uf8ff]/g, (mark) => tokens[mark.charCodeAt(0) - privateUse]?.text ?? mark);
}

function decode(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
