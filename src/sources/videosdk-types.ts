import type { EventType } from '#domain/catalogue.ts';
import type { Recording } from '#domain/event.ts';

/** Our word for each type that VideoSDK's pages and SDK name. A stopped recording becomes ready where its file is told. */
const types: Readonly<Record<string, EventType>> = {
  'session-started': 'room.started',
  'session-ended': 'room.ended',
  'participant-joined': 'participant.joined',
  'participant-left': 'participant.left',

  'recording-starting': 'recording.starting',
  'recording-started': 'recording.started',
  'recording-stopping': 'recording.stopping',
  'recording-stopped': 'recording.stopped',
  'recording-failed': 'recording.failed',
  'participant-recording-starting': 'recording.starting',
  'participant-recording-started': 'recording.started',
  'participant-recording-stopping': 'recording.stopping',
  'participant-recording-stopped': 'recording.stopped',
  'participant-recording-failed': 'recording.failed',
  'participant-track-recording-starting': 'recording.starting',
  'participant-track-recording-started': 'recording.started',
  'participant-track-recording-stopping': 'recording.stopping',
  'participant-track-recording-stopped': 'recording.stopped',
  'participant-track-recording-failed': 'recording.failed',
  'composite-recording-starting': 'recording.starting',
  'composite-recording-started': 'recording.started',
  'composite-recording-stopping': 'recording.stopping',
  'composite-recording-stopped': 'recording.stopped',
  'composite-recording-failed': 'recording.failed',
  'composite-merge-started': 'recording.started',
  'composite-merge-cancelled': 'recording.stopped',
  'composite-merge-completed': 'recording.ready',
  'composite-merge-failed': 'recording.failed',
  'merge-recording-completed': 'recording.ready',
  'merge-recording-failed': 'recording.failed',

  'livestream-starting': 'stream.starting',
  'livestream-started': 'stream.started',
  'livestream-stopping': 'stream.stopping',
  'livestream-stopped': 'stream.stopped',
  'livestream-failed': 'stream.failed',
  'hls-starting': 'hls.starting',
  'hls-started': 'hls.started',
  'hls-playable': 'hls.ready',
  'hls-stopping': 'hls.stopping',
  'hls-stopped': 'hls.stopped',
  'hls-failed': 'hls.failed',

  'transcription-started': 'transcript.started',
  'transcription-stopped': 'transcript.stopped',
  'transcription-failed': 'transcript.failed',
  'transcription-completed': 'artifact.ready',
  'call-summary': 'artifact.ready',

  'agent-session-starting': 'agent.starting',
  'agent-session-started': 'agent.started',
  'agent-session-stopping': 'agent.stopping',
  'agent-session-stopped': 'agent.ended',
  'agent-session-failed': 'agent.failed',
  'ai-deployment-session-starting': 'agent.starting',
  'ai-deployment-session-started': 'agent.started',
  'ai-deployment-session-stopping': 'agent.stopping',
  'ai-deployment-session-stopped': 'agent.ended',
  'ai-deployment-session-failed': 'agent.failed',

  'call-started': 'call.started',
  'call-ringing': 'call.ringing',
  'call-answered': 'call.answered',
  'call-missed': 'call.missed',
  'call-hangup': 'call.ended',
  'call-update': 'call.updated',
  'call-transfer-initiated': 'call.transferring',
  'call-transfer-accepted': 'call.transferring',
  'call-transfer-ringing': 'call.transferring',
  'call-transferring': 'call.transferring',
  'call-transferred': 'call.transferred',
  'call-transfer-failed': 'call.transfer_failed',
  'switch-room-initiated': 'call.moving',
  'switch-room-completed': 'call.moved',
  'switch-room-failed': 'call.move_failed',
  'batchcall-started': 'call.batch_started',
  'batchcall-completed': 'call.batch_ended',

  'resource-acquired': 'resource.acquired',
  'resource-released': 'resource.released',
};

/** Our type of an event, before anybody looked for a file in it. */
export function typeOf(native: string): EventType {
  return (Object.hasOwn(types, native) ? types[native] : undefined) ?? 'other';
}

/** What a recording records is told by the name of its event only. */
export function scopeOf(native: string): NonNullable<Recording['scope']> {
  if (native.includes('merge')) return 'merge';
  if (native.startsWith('composite-')) return 'composite';
  if (native.startsWith('participant-track-')) return 'track';
  return native.startsWith('participant-') ? 'participant' : 'room';
}
