import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLawful, type Report, type ReportLine, totalsOf } from '../../src/report.ts';

function line(before: [number | null, number] | null, after: [number | null, number] | null): ReportLine {
  const state = ([legal_area_m2, computed_area_m2]: [number | null, number]) => ({
    legal_area_m2,
    computed_area_m2,
  });
  return {
    parcel: '1/1',
    parcel_id: 1,
    land_use: 'ONT',
    rights: 1,
    boundary_m: [],
    ...(before && { before: state(before) }),
    ...(after && { after: state(after) }),
  };
}

const EMPTY: Report = {
  operation_id: null,
  changes: [],
  retired: [],
  made: [],
  renewed: [],
  amended: [],
  parties: [],
  certificates: [],
  proposals: [],
  drift_mm2: 0,
  rules: [],
  violations: [],
};

describe('a report', () => {
  it('sums the land of all parcels that it touches, neighbours too', () => {
    const report: Report = {
      ...EMPTY,
      retired: [line([920.5, 929.6], null)],
      made: [line(null, [477.7, 477.7]), line(null, [451.9, 451.9])],
      renewed: [line([100, 100.1], [100, 100])],
    };
    const { before, after } = totalsOf(report);
    const rounded = ({ legal_area_m2, computed_area_m2 }: typeof before) => [
      legal_area_m2?.toFixed(1),
      computed_area_m2.toFixed(1),
    ];
    assert.deepEqual(rounded(before), ['1020.5', '1029.7']);
    assert.deepEqual(rounded(after), ['1029.6', '1029.6']);
  });

  it('knows no legal area of all where one has none', () => {
    const { before } = totalsOf({ ...EMPTY, retired: [line([null, 50], null), line([10, 10], null)] });
    assert.deepEqual(before, { legal_area_m2: null, computed_area_m2: 60 });
  });

  it('is lawful with warnings, and not with an error', () => {
    const warning = { code: 'use-areas-differ', severity: 'warning' as const, parcels: [], detail: '' };
    assert.ok(isLawful({ ...EMPTY, violations: [warning] }));
    assert.ok(!isLawful({ ...EMPTY, violations: [warning, { ...warning, severity: 'error' as const }] }));
  });
});
