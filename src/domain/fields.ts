export type FieldKind = 'text' | 'number' | 'boolean' | 'date' | 'address' | 'object' | 'list';

export type Field = {
  readonly kind: FieldKind;
  /** What a number counts. */
  readonly unit?: 'seconds' | 'bytes' | 'characters' | 'tokens' | 'people' | 'cost';
  /** Compares case-insensitively everywhere. */
  readonly ci?: true;
  /** The only values that occur. */
  readonly values?: readonly string[];
  /** Graphemes shown of it in a message; 80 where not said. */
  readonly budget?: number;
  /** Types of event that carry it, where not all that carry its object do. */
  readonly on?: readonly string[];
  readonly about: string;
};

const text = (about: string, more: Partial<Field> = {}): Field => ({ kind: 'text', about, ...more });
const name = (about: string, budget: number): Field => ({ kind: 'text', ci: true, budget, about });
const number = (unit: Field['unit'], about: string, on?: readonly string[]): Field => ({
  kind: 'number',
  ...(unit === undefined ? {} : { unit }),
  ...(on === undefined ? {} : { on }),
  about,
});
const date = (about: string, on?: readonly string[]): Field => ({
  kind: 'date',
  ...(on === undefined ? {} : { on }),
  about,
});
const flag = (about: string): Field => ({ kind: 'boolean', about });
const address = (about: string): Field => ({ kind: 'address', about });
const object = (about: string): Field => ({ kind: 'object', about });

const withFile = ['recording.ready'];
const failing = ['recording.ready', 'recording.failed', 'recording.stopped'];

/** Every field a rule or template may name, by its path. Whatever lies below an `object` or under `raw` is free. */
export const fields: Readonly<Record<string, Field>> = Object.assign(Object.create(null), {
  'event.type': text('our word for what happened'),
  'event.native': text("the sender's own word for it"),
  'event.id': text("the sender's id of the event"),
  'event.time': date('when it happened'),
  'source.name': text('name of the source in rules.yaml'),
  'source.type': text('platform', { values: ['plugnmeet', 'livekit', 'videosdk', 'standard_webhooks'] }),

  'room.id': name('id of the room', 60),
  'room.name': name('title of the meeting; the id where there is none', 60),
  'room.url': address('where to join; from room_url of the source'),
  'room.metadata': object('what the integrator attached to the room'),
  'room.parent_id': text('the room this breakout room belongs to'),
  'room.is_breakout': flag('a breakout room'),
  'room.reason': text('why the room ended', { on: ['room.ended'] }),

  'session.id': text('one meeting in a room, from its start to its last artifact'),
  'session.started_at': date('start of the meeting'),
  'session.ended_at': date('end of the meeting'),
  'session.status': text('where the meeting stands', {
    values: ['created', 'live', 'ended', 'lost', 'closed'],
  }),
  'session.present': number('people', 'people in the room now; machines do not count'),
  'session.peak': number('people', 'most people at one time'),
  'session.unique': number('people', 'different people so far'),
  'session.reconnects': number(undefined, 'times somebody came back'),
  'session.seconds': number('seconds', 'length of the meeting, once it has ended'),
  'session.recorded': flag('a recording ran'),
  'session.recording_pending': flag('a recording ran, and neither its file nor its failure has come yet'),

  'participant.id': name('id of the person, given by your own application', 40),
  'participant.sid': text('one connection of that person'),
  'participant.name': name('the name the person typed; the id where there is none', 40),
  'participant.kind': text('person or machine', {
    values: ['human', 'phone', 'recorder', 'stream', 'ingress', 'agent', 'bridge'],
  }),
  'participant.reason': text('why the person left', { on: ['participant.left', 'participant.failed'] }),
  'participant.joined_at': date('when this connection joined', [
    'participant.joined',
    'participant.left',
    'participant.failed',
  ]),
  'participant.seconds': number('seconds', 'how long this connection lasted', ['participant.left']),
  'participant.metadata': object('what the integrator attached to the person'),
  'participant.attributes': object('texts attached to the person'),

  'track.id': text('id of the track'),
  'track.kind': text('kind of track', { values: ['audio', 'video', 'data'] }),
  'track.source': text('what it shows', {
    values: ['unknown', 'camera', 'microphone', 'screen_share', 'screen_share_audio'],
  }),
  'track.mime': text('codec'),

  'recording.id': text('id of the recording'),
  'recording.scope': text('what is recorded', {
    values: ['room', 'web', 'participant', 'track', 'composite', 'merge'],
  }),
  'recording.path': text('path of the file at the platform', { on: withFile }),
  'recording.url': {
    kind: 'address',
    on: withFile,
    about: 'address of the file, where the platform gives one',
  },
  'recording.bytes': number('bytes', 'size of the file', withFile),
  'recording.seconds': number('seconds', 'length of the recording', withFile),
  'recording.files': { kind: 'list', on: withFile, about: 'all files, where there are several' },
  'recording.error': text('what went wrong', { on: failing, budget: 200 }),
  'recording.status': text('status in the words of the platform'),
  'recording.is_encrypted': { kind: 'boolean', on: withFile, about: 'the file is encrypted' },
  'recording.expires_at': date('when the address stops working', withFile),

  'stream.id': text('id of the stream'),
  'stream.url': text('where it goes, key shortened'),
  'stream.seconds': number('seconds', 'how long it ran'),
  'stream.error': text('what went wrong', { budget: 200 }),

  'hls.id': text('id of the HLS output'),
  'hls.url': address('address to watch'),
  'hls.seconds': number('seconds', 'how long it ran'),
  'hls.bytes': number('bytes', 'size'),
  'hls.error': text('what went wrong', { budget: 200 }),

  'ingress.id': text('id of the ingress'),
  'ingress.name': text('name of the ingress'),
  'ingress.kind': text('how it comes in', { values: ['rtmp_input', 'whip_input', 'url_input'] }),
  'ingress.error': text('what went wrong', { budget: 200 }),

  'artifact.id': text('id of the file'),
  'artifact.kind': text('what it is', { values: ['transcript', 'summary', 'analytics', 'images', 'other'] }),
  'artifact.path': text('path of the file at the platform'),
  'artifact.mime': text('type of the file'),
  'artifact.bytes': number('bytes', 'size of the file'),
  'artifact.job_id': text("id of the provider's job"),
  'artifact.text': text('the content, where a platform delivers it inline', { budget: 300 }),

  'transcript.id': text('id of the transcription'),
  'transcript.kind': text('while or after the meeting', { values: ['realtime', 'post'] }),

  'usage.kind': text('what was used', {
    values: [
      'transcription',
      'chat_translation',
      'speech_synthesis',
      'ai_chat',
      'ai_chat_summary',
      'summary',
      'other',
    ],
  }),
  'usage.seconds': number('seconds', 'seconds of speech'),
  'usage.characters': number('characters', 'characters translated or spoken'),
  'usage.tokens': number('tokens', 'tokens of a language model'),
  'usage.prompt_tokens': number('tokens', 'tokens asked'),
  'usage.completion_tokens': number('tokens', 'tokens answered'),
  'usage.cost': number('cost', 'estimated cost without a currency; 0 = no price configured'),
  'usage.breakdown': object('parts of the amount'),
  'usage.artifact_id': text('the file this usage made'),

  'agent.id': text('id of the agent'),
  'agent.name': text('name of the agent'),
  'agent.error': text('what went wrong', { budget: 200 }),

  'call.id': text('id of the phone call'),
  'call.agent_id': text('agent that speaks'),
  'call.metadata': object('what the integrator attached to the call'),

  'resource.id': text('id of the resource'),
  'resource.kind': text('kind of resource'),
});
