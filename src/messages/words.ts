import type { Instant } from '#domain/event.ts';
import type { TimeStyle } from '#domain/message.ts';

/** `45 s`, `42 min`, `1 h 05 min`, `2 d 3 h`. */
export function durationWords(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.round(whole / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${String(minutes % 60).padStart(2, '0')} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

const units = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** `512 bytes`, `52.4 MB`, `310 MB`: decimal units, three digits at most. */
export function filesizeWords(bytes: number): string {
  let amount = bytes;
  let unit = 0;
  while (Math.round(amount) >= 1000 && unit < units.length - 1) {
    amount /= 1000;
    unit++;
  }
  const digits = unit === 0 || amount >= 100 ? 0 : 1;
  const text = amount.toFixed(digits).replace(/\.0$/, '');
  return `${text} ${bytes === 1 ? 'byte' : units[unit]}`;
}

/** `1,234`, `0.75`: digits grouped, at most two after the point unless the number is tiny. */
export function numberWords(number: number): string {
  const digits = number !== 0 && Math.abs(number) < 0.01 ? 5 : 2;
  return number.toLocaleString('en-US', { maximumFractionDigits: digits });
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** What stands for a time where the platform cannot show it in the reader's zone; names the zone it is told in. */
export function timeWords(at: Instant, style: TimeStyle, timezone: string): string {
  const key = `${timezone} ${style}`;
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone: timezone,
      ...(style === 'time' ? {} : { day: 'numeric', month: 'short', year: 'numeric' }),
      ...(style === 'date' ? {} : { hour: '2-digit', minute: '2-digit', timeZoneName: 'short' }),
    });
    formats.set(key, format);
  }
  return format.format(new Date(at)).replace(',', '');
}
