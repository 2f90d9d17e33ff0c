import { randomUUID } from 'node:crypto';

/** Bodies of plugNmeet's webhooks for one meeting, in the sender's wire form. Times are near now. */
export class PlugNmeetMeeting {
  readonly sid: string;
  readonly title: string;
  readonly #roomId: string;

  constructor(options: { title?: string; roomId?: string; sid?: string } = {}) {
    const { title = 'Weekly sync', roomId = 'room01', sid = randomUUID() } = options;
    this.title = title;
    this.sid = sid;
    this.#roomId = roomId;
  }

  get #room() {
    return {
      sid: this.sid,
      room_id: this.#roomId,
      creation_time: seconds(),
      metadata: JSON.stringify({ room_title: this.title, started_at: '0' }),
      num_participants: 1,
    };
  }

  started(): object {
    return { event: 'room_started', room: this.#room, id: randomUUID(), created_at: seconds() };
  }

  joined(identity: string, name?: string, sid: string = randomUUID()): object {
    const participant = {
      sid: `PA_${sid}`,
      identity,
      state: 'ACTIVE',
      joined_at: seconds(),
      ...(name === undefined ? {} : { name }),
    };
    return {
      event: 'participant_joined',
      room: this.#room,
      participant,
      id: randomUUID(),
      created_at: seconds(),
    };
  }

  left(identity: string, sid: string): object {
    const participant = { sid: `PA_${sid}`, identity, state: 'DISCONNECTED', joined_at: seconds() };
    return {
      event: 'participant_left',
      room: this.#room,
      participant,
      id: randomUUID(),
      created_at: seconds(),
    };
  }

  ended(): object {
    return { event: 'room_finished', room: this.#room, id: randomUUID(), created_at: seconds() };
  }

  recordingReady(recordId: string = `${this.sid}-${Date.now()}`): object {
    const recording_info = {
      record_id: recordId,
      recorder_msg: 'success',
      file_path: `node_01/${recordId}.mp4`,
      file_size: 52.43,
    };
    const room = { sid: this.sid, room_id: this.#roomId };
    return { event: 'recording_proceeded', room, recording_info, id: randomUUID(), created_at: seconds() };
  }
}

function seconds(): string {
  return String(Math.floor(Date.now() / 1000));
}
