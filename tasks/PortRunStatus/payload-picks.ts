import type { Host } from '../common/agent/host.ts';
import { InputReader } from '../common/inputs/input-reader.ts';
import { readPayload } from '../common/inputs/run-id.ts';
import { type PickLine, readPicks, setPicks } from '../common/outputs/pick.ts';

/** Input `pick`: values of the payload that become outputs. */
export function readPayloadPicks(reader: InputReader): readonly PickLine[] {
  return readPicks(reader, 'pick', ['runId', 'runUrl', 'reportedStatus']);
}

/** Sets an output for each right line of input `pick`; what is wrong in it, or in the payload, is told where the inputs are read. */
export function setPayloadPicks(host: Pick<Host, 'input' | 'setOutput' | 'warning' | 'info'>): void {
  const reader = new InputReader(host);
  const picks = readPayloadPicks(reader);
  if (picks.length === 0) return;
  const payload = readPayload(reader);
  if (payload === undefined) {
    const names = picks.map(({ name }) => name).join(', ');
    host.info(`There is no payload to pick from (input payload), so these outputs are empty: ${names}.`);
  }
  setPicks(host, picks, { noun: 'payload', value: payload });
}
