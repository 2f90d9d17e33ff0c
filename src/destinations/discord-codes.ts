/** What an error code of Discord says about the call; `hint` is for the operator. */
export type CodeMeaning =
  | { readonly kind: 'message' | 'destination' | 'credential'; readonly hint: string }
  | {
      readonly kind: 'later';
      readonly hint: string;
      readonly afterMs?: number;
      readonly pausesLane?: true;
    };

const minuteMs = 60_000;

const destination: Readonly<Record<number, string>> = {
  10003: 'the channel does not exist',
  10004: 'the server does not exist, or the bot was removed from it',
  10013: 'the person does not exist',
  10015: 'the webhook was deleted',
  40058: 'a forum channel takes posts only',
  40067: 'the forum wants a tag on every post',
  50001: 'the bot cannot see the channel',
  50003: 'this cannot be done in a direct message',
  50007: 'the person takes no direct messages',
  50008: 'this kind of channel takes no messages',
  50013: 'the bot may not post in the channel',
  50024: 'this kind of channel takes no messages',
  50027: 'the webhook is not valid any more',
  50033: 'the recipients are not valid',
  50083: 'the thread is archived',
  50278: 'the person shares no server with the bot',
  160002: 'the bot may not read the history of the channel',
  160005: 'the thread is locked',
  220001: 'the forum wants a thread for the webhook',
  220002: 'the webhook names its thread twice',
  220003: 'the webhook can open threads in forums only',
  220004: 'the webhook cannot post into this forum',
};

const credential: Readonly<Record<number, string>> = {
  40001: 'the bot is not authorised',
  40333: 'the way to Discord drops the User-Agent header',
  50014: 'the bot token is not valid',
  50025: 'the access token is not valid',
  50041: 'Discord has closed this version of its interface',
};

const message: Readonly<Record<number, string>> = {
  10008: 'the message it belongs to is gone',
  40005: 'the message is too large',
  50005: 'the message is not ours',
  50006: 'the message is empty',
  50035: 'Discord refuses the message as it is',
  50045: 'the message is too large',
  50068: 'this kind of message is not valid',
  50109: 'Discord could not read the message',
  200000: "the server's moderation has blocked the text",
  200001: "the server's moderation has blocked the title",
  240000: "the server's moderation has blocked a link",
};

const temporary: Readonly<Record<number, Omit<CodeMeaning & { kind: 'later' }, 'kind'>>> = {
  20016: { hint: 'the channel is in slow mode', afterMs: minuteMs, pausesLane: true },
  20022: { hint: 'too many announcements', afterMs: minuteMs, pausesLane: true },
  20028: { hint: 'too many messages in the channel', afterMs: minuteMs, pausesLane: true },
  20029: { hint: 'too many messages in the server', afterMs: minuteMs, pausesLane: true },
  30046: { hint: 'too many edits of an old message', afterMs: minuteMs },
  40003: { hint: 'direct messages are opened too fast', afterMs: minuteMs },
  40004: { hint: 'sending is switched off for now', afterMs: minuteMs },
  40006: { hint: 'this is switched off for now', afterMs: minuteMs },
  40062: { hint: 'the service is limited', afterMs: minuteMs, pausesLane: true },
  110000: { hint: 'the application is not available' },
  110001: { hint: 'the interface is overloaded' },
  130000: { hint: 'Discord is overloaded' },
  160006: { hint: 'too many active threads', afterMs: 5 * minuteMs },
  160007: { hint: 'too many active announcement threads', afterMs: 5 * minuteMs },
};

/** Answers to an edit. An archived thread takes no edits, though a new message would reopen it. */
const uneditable = new Map([
  [10008, 'the message is not there any more'],
  [50005, 'the message is not ours'],
  [50083, 'the thread is archived'],
]);

const meanings = new Map<number, CodeMeaning>([
  ...named('destination', destination),
  ...named('credential', credential),
  ...named('message', message),
  ...Object.entries(temporary).map(([code, rest]) => [Number(code), { kind: 'later', ...rest }] as const),
]);

function named(kind: 'message' | 'destination' | 'credential', hints: Readonly<Record<number, string>>) {
  return Object.entries(hints).map(([code, hint]) => [Number(code), { kind, hint }] as const);
}

/** Why a message cannot be edited; undefined for a code that does not say so. */
export function uneditableAtDiscord(code: number): string | undefined {
  return uneditable.get(code);
}

/** Undefined for a code that nobody has described to us. */
export function meaningOfDiscordCode(code: number): CodeMeaning | undefined {
  return meanings.get(code);
}
