import { type EventType, eventTypes } from '#domain/catalogue.ts';
import { type JsonSchema, oneOrMore, reference } from './json-schema-zod.ts';

/** What each type of event says, in a sentence for people who write rules. */
export const eventMeanings: Readonly<Record<EventType, string>> = {
  'room.created': 'a room was made; nobody is in it yet',
  'room.started': 'a meeting began',
  'room.ended': 'a meeting ended',
  'participant.joined': 'somebody or something joined',
  'participant.left': 'somebody or something left',
  'participant.failed': 'a connection was given up before it stood',
  'track.published': 'a microphone, camera or screen was switched on',
  'track.unpublished': 'a microphone, camera or screen was switched off',
  'recording.starting': 'a recording was asked for',
  'recording.started': 'a recording runs',
  'recording.stopping': 'a recording is being ended',
  'recording.stopped': 'a recording ended; its file is not there yet, or there is none',
  'recording.transcoded': 'the file is converted; it is not there yet',
  'recording.ready': 'the file of a recording is there',
  'recording.failed': 'a recording failed',
  'stream.starting': 'a stream to an outside service was asked for',
  'stream.started': 'a stream to an outside service runs',
  'stream.stopping': 'a stream to an outside service is being ended',
  'stream.stopped': 'a stream to an outside service ended',
  'stream.failed': 'a stream to an outside service failed',
  'hls.starting': 'an HLS broadcast was asked for',
  'hls.started': 'an HLS broadcast runs; viewers cannot watch it yet',
  'hls.ready': 'an HLS broadcast can be watched',
  'hls.stopping': 'an HLS broadcast is being ended',
  'hls.stopped': 'an HLS broadcast ended; its address may serve as a replay',
  'hls.failed': 'an HLS broadcast failed',
  'ingress.started': 'an outside stream comes into the room',
  'ingress.ended': 'an outside stream ended',
  'transcript.started': 'a transcription runs',
  'transcript.stopped': 'a transcription ended; this event has no file',
  'transcript.failed': 'a transcription failed',
  'artifact.ready': 'a transcript, summary, report or other file is there',
  'analytics.ready': 'the report of a plugNmeet server before version 2; later ones send artifact.ready',
  'usage.reported': 'what a meeting used of a paid service',
  'agent.starting': 'an AI agent was asked for',
  'agent.started': 'an AI agent is at work',
  'agent.stopping': 'an AI agent is being ended',
  'agent.ended': 'an AI agent ended',
  'agent.failed': 'an AI agent failed',
  'call.started': 'a phone call began',
  'call.ringing': 'a phone call rings',
  'call.answered': 'a phone call was answered',
  'call.missed': 'a phone call was not answered',
  'call.ended': 'a phone call ended',
  'call.updated': 'something about a phone call changed',
  'call.transferring': 'a phone call is being handed on',
  'call.transferred': 'a phone call was handed on',
  'call.transfer_failed': 'a phone call could not be handed on',
  'call.moving': 'a phone call is being moved to another room',
  'call.moved': 'a phone call was moved to another room',
  'call.move_failed': 'a phone call could not be moved',
  'call.batch_started': 'a batch of phone calls began',
  'call.batch_ended': 'a batch of phone calls ended',
  'resource.acquired': 'the platform took a machine for a recording or stream',
  'resource.released': 'the platform gave such a machine back',
  other: 'anything that has no word of its own here; event.native tells how the sender calls it',
};

/** The type of an event, with what it means. */
export const eventDefinition: JsonSchema = {
  anyOf: [
    {
      type: 'string',
      enum: eventTypes,
      // Editors show these beside the words; no part of the standard.
      enumDescriptions: eventTypes.map((type) => eventMeanings[type]),
    },
    reference('environment'),
  ],
};

/** One type of event, or a list of different ones. */
export const eventsDefinition: JsonSchema = {
  anyOf: [reference('event'), { type: 'array', items: reference('event'), minItems: 1, uniqueItems: true }],
};

/** Types of event that are known, one or several: none of them from the environment. */
export const knownEventsDefinition: JsonSchema = oneOrMore({ type: 'string', enum: eventTypes });

/** Fits `on` when all that it names are known types outside of these. */
export function noneOf(types: readonly EventType[]): JsonSchema {
  const isOne = { enum: types };
  return { allOf: [reference('known_events')], not: isOne, items: { not: isOne } };
}
