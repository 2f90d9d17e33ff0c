import { h } from './tree.js';

const slackParts = {
  date_num: { year: 'numeric', month: '2-digit', day: '2-digit' },
  date: { dateStyle: 'long' },
  date_short: { dateStyle: 'medium' },
  date_long: { dateStyle: 'full' },
  date_pretty: { dateStyle: 'long' },
  date_short_pretty: { dateStyle: 'medium' },
  date_long_pretty: { dateStyle: 'full' },
  time: { timeStyle: 'short' },
  time_secs: { timeStyle: 'medium' },
};

const discordStyles = {
  t: { timeStyle: 'short' },
  T: { timeStyle: 'medium' },
  d: { dateStyle: 'short' },
  D: { dateStyle: 'long' },
  f: { dateStyle: 'long', timeStyle: 'short' },
  F: { dateStyle: 'full', timeStyle: 'short' },
  s: { dateStyle: 'short', timeStyle: 'short' },
  S: { dateStyle: 'short', timeStyle: 'medium' },
};

const units = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];

/** Moments (seconds since 1970) in a reader's language and zone. `now` gives the present in milliseconds. */
export function createDates({ locale, timeZone, now }) {
  const formats = new Map();
  const format = (seconds, options) => {
    const key = JSON.stringify(options);
    if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(locale, { ...options, timeZone }));
    return formats.get(key).format(seconds * 1000);
  };
  const relative = new Intl.RelativeTimeFormat(locale);
  const named = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const days = new Intl.DateTimeFormat('en-CA', { timeZone });
  const dayNumber = (milliseconds) => Date.parse(days.format(milliseconds)) / 86_400_000;

  /** `2 minutes ago`, `in 1 hour` */
  const distance = (seconds) => {
    const left = seconds - now() / 1000;
    const step = units.find(([, size]) => Math.abs(left) >= size);
    return step === undefined
      ? named.format(0, 'second')
      : relative.format(Math.round(left / step[1]), step[0]);
  };
  /** `today`, `yesterday` or `tomorrow`; undefined on any other day */
  const nearDay = (seconds) => {
    const difference = dayNumber(seconds * 1000) - dayNumber(now());
    return Math.abs(difference) <= 1 ? named.format(difference, 'day') : undefined;
  };
  const element = (seconds, attributes, text) => {
    const datetime = new Date(seconds * 1000).toISOString();
    const title = format(seconds, { dateStyle: 'full', timeStyle: 'long' });
    return h('time', { datetime, title, ...attributes }, text);
  };

  return {
    distance,
    /** A moment as Slack's date tokens (`{date_short} at {time}`) show it; the fallback where there is no such moment. */
    slack: (seconds, tokens, fallback) => {
      if (!isMoment(seconds)) return fallback;
      const text = tokens.replace(/\{(\w+)\}/g, (token, name) => {
        if (name === 'ago') return distance(seconds);
        const near = name.endsWith('_pretty') ? nearDay(seconds) : undefined;
        return near ?? (Object.hasOwn(slackParts, name) ? format(seconds, slackParts[name]) : token);
      });
      return element(seconds, {}, text);
    },
    /** A moment as Discord's `<t:seconds:style>` shows it; the token itself where there is no such moment. */
    discord: (seconds, style, token) => {
      if (!isMoment(seconds)) return token;
      if (style === 'R')
        return element(seconds, { class: 'stamp', 'data-moment': String(seconds) }, distance(seconds));
      return element(seconds, { class: 'stamp' }, format(seconds, discordStyles[style] ?? discordStyles.f));
    },
    /** `14:05` */
    clock: (seconds) =>
      isMoment(seconds) ? element(seconds, {}, format(seconds, discordStyles.t)) : undefined,
    /** `Today at 14:05`, or the date and time of another day */
    dayAndClock: (seconds) => {
      if (!isMoment(seconds)) return undefined;
      const near = nearDay(seconds);
      const time = format(seconds, discordStyles.t);
      if (near === undefined) return element(seconds, {}, format(seconds, discordStyles.s));
      return element(seconds, {}, `${near.charAt(0).toLocaleUpperCase(locale)}${near.slice(1)} at ${time}`);
    },
  };
}

function isMoment(seconds) {
  return Number.isFinite(seconds) && Math.abs(seconds) <= 8.64e12;
}
