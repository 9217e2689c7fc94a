import assert from 'node:assert/strict';
import { isRollback } from '../../../../tasks/PortDeployment/contents/rollback.ts';
import { deploymentStatus, leadTimeHours } from '../../../../tasks/PortDeployment/entity/measures.ts';
import type { PipelineResult } from '../../../../tasks/common/agent/pipeline-result.ts';

const end = '2026-03-02T12:00:00Z';

describe('The lead time', () => {
  const cases: readonly (readonly [first: string, hours: number, end?: string])[] = [
    ['2026-03-02T11:00:00Z', 1],
    ['2026-03-02T10:30:00Z', 1.5],
    ['2026-03-02T11:59:24Z', 0.01],
    ['2026-03-02T11:59:24.001Z', 0],
    ['2026-03-02T11:40:00Z', 0.33],
    ['2026-03-02T11:20:00Z', 0.66],
    ['2026-03-02T12:00:00Z', 0],
    ['2026-03-02T12:05:00Z', 0],
    ['2026-03-02T11:00:00+01:00', 2],
    ['2026-02-28T12:00:00Z', 48],
    ['2025-03-02T12:00:00Z', 8760],
    ['2024-02-28T00:00:00Z', 48, '2024-03-01T00:00:00Z'],
    ['2026-03-28T23:00:00+01:00', 24, '2026-03-30T00:00:00+02:00'],
  ];
  for (const [first, hours, at = end] of cases) {
    it(`from ${first} to ${at} is ${hours} hours`, () => {
      assert.equal(leadTimeHours(Date.parse(first), Date.parse(at)), hours);
    });
  }

  it('has two digits at the most, whatever the times', () => {
    for (let minutes = 0; minutes < 10_000; minutes += 7)
      assert.match(String(leadTimeHours(0, minutes * 60_000)), /^\d+(\.\d{1,2})?$/);
  });
});

describe('The status of a deployment', () => {
  const cases: readonly (readonly [PipelineResult, 'Success' | 'Failed' | undefined])[] = [
    ['succeeded', 'Success'],
    ['partial', 'Success'],
    ['failed', 'Failed'],
    ['abandoned', 'Failed'],
    ['canceled', undefined],
    ['skipped', undefined],
  ];
  for (const [result, status] of cases) {
    it(`whose job was ${result} is ${status ?? 'none: there is no entity'}`, () => {
      assert.equal(deploymentStatus(result), status);
    });
  }
});

describe('A rollback', () => {
  const cases: readonly (readonly [forward: number, backward: number | undefined, boolean | undefined])[] = [
    [3, undefined, false],
    [3, 2, false],
    [0, 2, true],
    [0, 0, false],
    [0, undefined, undefined],
  ];
  for (const [forward, backward, expected] of cases) {
    it(`is ${String(expected)} with ${forward} new commits and ${backward ?? 'nobody knows how many'} that are gone`, () => {
      assert.equal(isRollback(forward, backward), expected);
    });
  }
});
