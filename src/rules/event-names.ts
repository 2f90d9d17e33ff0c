import { type EventType, eventTypes, eventTypesOftenMeant, isEventType } from '#domain/catalogue.ts';
import type { Path } from './document.ts';
import type { Report } from './issues.ts';
import { nearest, suggestion } from './suggest.ts';

/** The types of event that are named, one or a list of them; what is none is reported. */
export function eventTypesOf(on: unknown, path: Path, report: Report): readonly EventType[] {
  const listed: readonly unknown[] = Array.isArray(on) ? on : [on];
  return listed.flatMap((name, index) => {
    if (typeof name !== 'string') return [];
    const at = Array.isArray(on) ? [...path, index] : path;
    if (isEventType(name)) {
      if (listed.indexOf(name) !== index)
        report('value', at, 'duplicate-event', `"${name}" stands here twice: remove one`);
      return [name];
    }
    const meant = Object.hasOwn(eventTypesOftenMeant, name) ? eventTypesOftenMeant[name] : undefined;
    const hint = meant === undefined ? hintFor(name) : `; here it is called "${meant}"`;
    const replacement = meant ?? nearest(name, eventTypes);
    report('value', at, 'unknown-event', `there is no event "${name}"${hint}`, {
      ...(replacement !== undefined && { fix: { description: `write ${replacement}`, replacement } }),
    });
    return [];
  });
}

function hintFor(name: string): string {
  if (name.startsWith('egress_')) return '; it is told as events that begin with recording., stream. or hls.';
  return suggestion(name, eventTypes) || '; events are called like room.ended or participant.joined';
}
