/**
 * One whole story of the land office, through HTTP alone: a dossier arrives, its parcel is cut with an access path and a part of it sold,
 * taxed, approved, certified, printed, shown and shared; and nothing of it is lost by a kill.
 *
 * Two servers are on the register, as in two offices. All numbers are worked out by hand on the street of `street.mjs`.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { compactVerify, createLocalJWKSet } from 'jose';
import { Clerk } from './clerk.mjs';
import { paper, says } from './papers.mjs';
import { signedAnswer, verified } from './portal.mjs';
import { Register, TOP } from './register.mjs';
import { cornerOf, DEEP_M, street, WIDE_M } from './street.mjs';
import { decode } from './tile.mjs';

/** Today in Viet Nam: papers are signed today. */
const TODAY = new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10);
const [CODE, OTHER] = ['0001', '0002'].map((no) => `H29.3-${TODAY.slice(2).replaceAll('-', '')}-${no}`);
const DECISION = 'Quyết định 12/2026/QĐ-UBND tỉnh Mẫu';
const SELLER = { kind: 'individual', name: 'Nguyễn Văn Sơn', personal_no: '000055000002' };
const BUYER = { kind: 'individual', name: 'Trần Thị Cúc', personal_no: '000188000009' };
const CONTRACT = { number: '12/2026/HĐCN', signed_on: TODAY, signed_by: 'Phòng công chứng số 1' };
const [OLD, SELLERS, BUYERS] = ['BT 000002', 'AA 00000101', 'AA 00000102'];
/** The path along the western edge. */
const PATH_M = 2.5;

const path = (rest = '', code = CODE) => `/api/v1/dossiers/${code}${rest}`;
const numbered = (no) => `/api/v1/communes/99001/sheets/1/parcels/${no}`;

describe('the story of a dossier', () => {
  const register = new Register();
  /** The land office's server, and another's. */
  let [here, there] = [];
  let [lan, binh, dung, chi, ke, tax] = [];
  /** The parcel as it was, and what became of it. */
  let parent;
  let children;
  let plan;
  let report;

  before(async () => {
    await register.done('units', join(TOP, 'fixtures/demo/units.csv'));
    const { parcels, rows } = await register.load(
      '--in-force-from',
      '2026-01-01',
      ...street(register.scratch),
    );
    assert.deepEqual([parcels.rejected, rows.new], [0, 3]);
    here = await register.serve();
    there = await register.serve();
    const appointed = (name, roles, area, at = () => here) =>
      Clerk.appointed(register, at, name, roles, area);
    [lan, binh, dung, chi, ke, tax] = await Promise.all([
      appointed('Lan', 'reception', '99001'),
      appointed('Bình', 'officer surveyor approver'),
      appointed('Dũng', 'officer approver', '98', () => there),
      appointed('Chi', 'approver'),
      appointed('Kế', 'planner'),
      Clerk.agreed(register, () => there, 'thue-co-so', 'tax', 'tax-assessment'),
    ]);
    parent = await lan.reads(numbered(2));
  });

  it('arrives with its own code and reserves its parcel, for everybody in the office to see', async () => {
    const filed = {
      procedure: 'transfer',
      commune: '99001',
      channel: 2,
      applicant: { name: SELLER.name, no: SELLER.personal_no, phone: '0900001234' },
      summary: 'Tách thửa, chừa lối đi, chuyển nhượng phần phía sau',
      parcels: [parent.parcel_id],
    };
    const { status, headers, body } = await lan.asks('PUT', path(), { body: filed });
    assert.deepEqual([status, headers.get('location')], [201, path()]);
    assert.deepEqual([body.code, body.status.code, body.is_numbered_here], [CODE, '1', false]);
    // The portal sends it again: nothing happens.
    assert.equal((await lan.asks('PUT', path(), { body: filed })).status, 200);
    await lan.step(CODE, 'receive');
    const assigned = await lan.step(CODE, 'assign', { officer: 'Bình' });
    assert.deepEqual([assigned.status.code, assigned.officer], ['4', 'Bình']);
    assert.ok(assigned.due_at > assigned.received_at);

    const { reserved_by } = await dung.reads(numbered(2));
    assert.deepEqual(
      [reserved_by.dossier, reserved_by.officer, reserved_by.due_at],
      [CODE, 'Bình', assigned.due_at],
    );
    assert.equal((await here.json(numbered(2))).reserved_by, undefined);
    assert.equal((await dung.reads(numbered(3))).reserved_by, undefined);
  });

  /** The cut and the sale, with so much land for the buyer. */
  function operations(seller, behind_m2) {
    const ring = parent.boundary_m;
    const isWest = (corner) => corner[0] === cornerOf(2)[0];
    const vertex = ring.findIndex((corner, at) => isWest(corner) && isWest(ring[(at + 1) % ring.length]));
    const [west, south] = cornerOf(2);
    const [way, rest] = parent.pieces;
    const along_m = [
      [west, south],
      [west + WIDE_M, south],
    ];
    const buyer = { party: BUYER };
    const [lane, behind, front] = [
      { operation: 0, child: way },
      { operation: 1, child: 0 },
      { operation: 1, child: 1 },
    ];
    return [
      { kind: 'split', parcel: parent.parcel_id, by: { strip: { vertex, width_m: PATH_M } } },
      // Who walks east has the north on the left: the buyer's land lies behind.
      {
        kind: 'split',
        parcel: { operation: 0, child: rest },
        by: { areas: { along_m, areas_m2: [behind_m2] } },
      },
      {
        kind: 'transfer',
        parcels: [behind],
        from: seller,
        to: [buyer],
        old_certificate: 'withdraw',
        document: CONTRACT,
      },
      {
        kind: 'transfer',
        parcels: [lane],
        from: seller,
        to: [{ ...buyer, share: '1/2' }],
        document: CONTRACT,
      },
      {
        kind: 'issue-certificate',
        parcels: [front, lane],
        serial: SELLERS,
        entry_no: 'VP 00101',
        issued_on: TODAY,
        holders: [SELLER],
      },
      {
        kind: 'issue-certificate',
        parcels: [behind, lane],
        serial: BUYERS,
        entry_no: 'VP 00102',
        issued_on: TODAY,
        holders: [BUYER],
      },
    ];
  }

  it('is tried out before it is planned: that needs the dossier, and changes nothing', async () => {
    const { geometry } = await binh.reads(`${numbered(2)}?crs=zone`);
    parent.boundary_m = geometry.coordinates[0].slice(0, -1);
    const strip = { strip: { vertex: 0, width_m: PATH_M } };
    const tried = { operations: [{ kind: 'split', parcel: parent.parcel_id, by: strip }] };
    const rehearsal = '/api/v1/operations?dry_run=true';
    await binh.fails([409, 'parcel-reserved'], 'POST', rehearsal, tried);
    const { retired } = await binh.does('POST', rehearsal, { ...tried, dossier: CODE });
    const [right] = retired[0].before.rights;
    assert.deepEqual([right.party, right.certificate], [SELLER.name, OLD]);
    parent.seller = right.party_id;
    // Which of the two parts of the first cut is the path.
    parent.pieces = [0, 1];
    const [cut] = operations(parent.seller, 175);
    const { made } = await binh.does('POST', rehearsal, { operations: [cut], dossier: CODE });
    const areas = made.map(({ after }) => after.legal_area_m2);
    assert.deepEqual(areas.toSorted(), [525, PATH_M * DEEP_M]);
    parent.pieces = [areas.indexOf(75), areas.indexOf(525)];
  });

  it('may not leave the buyer 35 m² where the province wants 50, and is told by which decision', async () => {
    const rule = {
      rule: 'minimum-parcel-area-m2',
      province_code: '98',
      land_use: 'ONT',
      value: 50,
      valid_from: '2026-01-01',
      source: DECISION,
    };
    await binh.fails([403, 'role-missing'], 'POST', '/api/v1/rules', rule);
    await ke.does('POST', '/api/v1/rules', rule);
    const small = { operations: operations(parent.seller, 35) };
    const refused = await binh.fails([422, 'unlawful-operation'], 'PUT', path('/plan'), small);
    const errors = refused.report.violations.filter(({ severity }) => severity === 'error');
    assert.deepEqual(
      errors.map(({ code, area_m2 }) => [code, area_m2]),
      [['parcel-too-small', 35]],
    );
    assert.ok(errors[0].detail.includes(DECISION), errors[0].detail);
    await binh.fails([404, 'no-such-plan'], 'GET', path('/plan'));
  });

  it('gets a plan: path, the part behind sold, two certificates; its numbers are kept', async () => {
    const asked = { operations: operations(parent.seller, 175) };
    plan = await binh.does('PUT', path('/plan'), asked);
    const made = plan.report.made.map(({ parcel, after }) => [parcel, after.legal_area_m2]);
    // 2.5 m × 30 m; 17.5 m × 10 m behind; 17.5 m × 20 m in front. The sheet's highest number was 4.
    assert.deepEqual(
      made.map(([parcel]) => parcel),
      ['1/5', '1/6', '1/7'],
    );
    assert.deepEqual(
      made.map(([, area_m2]) => area_m2),
      [75, 175, 350],
    );
    assert.deepEqual(plan.report.codes, ['CN', 'TN']);
    assert.deepEqual([plan.report.drift_mm2, plan.report.violations], [0, []]);
    assert.equal(plan.sha256, createHash('sha256').update(plan.canonical).digest('hex'));
    // Tried again it says the same, with the same numbers.
    const again = await binh.does('POST', '/api/v1/operations?dry_run=true', { ...asked, dossier: CODE });
    assert.deepEqual({ ...again, register_position: 0 }, { ...plan.report, register_position: 0 });
    assert.equal((await here.json(numbered(2))).revision, parent.revision);
    const draft = await paper(register, binh, '/api/v1/operations/drawing.pdf', {
      method: 'POST',
      body: { ...asked, dossier: CODE },
    });
    says(draft, 'BẢN VẼ TÁCH THỬA ĐẤT, HỢP THỬA ĐẤT', `Mã hồ sơ: ${CODE}`, '175,0', '350,0');
  });

  it("is not crossed by a colleague's plan or operation, at another server", async () => {
    const filed = {
      procedure: '1.012784',
      commune: '99001',
      channel: 2,
      applicant: { name: 'Lê Văn Một', no: '000055000001' },
      summary: 'Tách thửa',
      parcels: [parent.parcel_id],
    };
    await lan.does('PUT', path('', OTHER), filed);
    await lan.step(OTHER, 'receive');
    const assigned = await lan.step(OTHER, 'assign', { officer: 'Dũng' });
    assert.equal(assigned.reserved_by[0].dossier, CODE);
    const [west, south] = cornerOf(2);
    const line_m = [
      [west, south + 15],
      [west + WIDE_M, south + 15],
    ];
    const halves = { operations: [{ kind: 'split', parcel: parent.parcel_id, by: { line_m } }] };
    const refused = await dung.fails([409, 'parcel-reserved'], 'PUT', path('/plan', OTHER), halves);
    assert.deepEqual([refused.reserved_by.dossier, refused.reserved_by.officer], [CODE, 'Bình']);
    const tag = { 'if-match': `"${parent.parcel_id}-${parent.revision}"` };
    await dung.fails([409, 'parcel-reserved'], 'POST', '/api/v1/operations', halves, tag);
    const renumbered = {
      operations: [{ kind: 'renumber-sheet', sheet: { commune: '99001', sheet_no: 1 }, new_sheet_no: 12 }],
    };
    await dung.fails([409, 'parcel-reserved'], 'POST', '/api/v1/operations', renumbered);
    await dung.step(OTHER, 'stop', { reason: 'thửa đất đang giải quyết hồ sơ khác' });
  });

  it('passes the tax office while its clock stands', async () => {
    await binh.step(CODE, 'check');
    const { due_at } = await binh.reads(path());
    await chi.fails([409, 'wrong-move'], 'POST', path('/plan/approve'), { sha256: plan.sha256 });
    const { slips } = await binh.does('POST', path('/tax-slips'), { contract_price_vnd: 1_400_000_000 });
    const [{ content }] = slips;
    assert.equal(content.dossier, CODE);
    assert.deepEqual(
      content.land.map(({ parcel_no, legal_area_m2 }) => [parcel_no, legal_area_m2]),
      [[2, 600]],
    );
    const clock = async () => {
      const { status, step, paused_for, due_at, pauses } = await binh.reads(path());
      return { status: status.code, step: step.code, paused_for, due_at, pauses };
    };
    const asked = await clock();
    assert.deepEqual([asked.status, asked.paused_for, asked.due_at], ['4', 'tax-notice', null]);

    const taken = await tax.does('POST', path('/tax-slips/1/acknowledge'), { reference: 'T-7' });
    assert.equal(taken.slips[0].state, 'acknowledged');
    const notice = { kind: 'registration-fee', amount_vnd: 7_000_000, issued_on: TODAY };
    const payment = { notice_no: 'TB-1', amount_vnd: 7_000_000, paid_on: TODAY };
    // Each comes twice, as such systems send.
    for (let time = 0; time < 2; time += 1) await tax.does('PUT', path('/notices/TB-1'), notice);
    const told = await clock();
    assert.deepEqual([told.status, told.paused_for, told.due_at], ['6', 'payment', null]);
    for (let time = 0; time < 2; time += 1) await tax.does('PUT', path('/payments/GNT-1'), payment);
    await tax.fails([409, 'number-reused'], 'PUT', path('/payments/GNT-1'), { ...payment, amount_vnd: 1 });
    const paid = await clock();
    assert.deepEqual([paid.status, paid.step, paid.paused_for], ['4', 'paid', null]);
    assert.ok(paid.due_at >= due_at, 'what it waited for others does not count');
    assert.deepEqual(
      paid.pauses.map(({ reason, until }) => [reason, until !== null]),
      [
        ['tax-notice', true],
        ['payment', true],
      ],
    );
  });

  it('is not approved by who planned it, but by another officer, who signs the plan', async () => {
    const digest = { sha256: plan.sha256 };
    await binh.fails([403, 'four-eyes'], 'POST', path('/plan/approve'), digest);
    await chi.fails([409, 'plan-changed'], 'POST', path('/plan/approve'), { sha256: '00' });
    assert.equal((await here.json(numbered(2))).revision, parent.revision);
    const { status, body } = await chi.asks('POST', path('/plan/approve'), { body: digest });
    assert.equal(status, 201, JSON.stringify(body));
    report = body;
    const repeated = await chi.asks('POST', path('/plan/approve'), { body: digest });
    assert.deepEqual([repeated.status, repeated.headers.get('idempotency-repeated')], [201, 'true']);
    assert.deepEqual(repeated.body, report);
    // What was planned is what was done.
    const land = (lines) => lines.map(({ parcel, after, boundary_m }) => [parcel, after, boundary_m]);
    const done = land(report.made).map(([parcel, after]) => [parcel, after.legal_area_m2]);
    assert.deepEqual(
      done,
      land(plan.report.made).map(([parcel, after]) => [parcel, after.legal_area_m2]),
    );

    const { approval, numbers } = await chi.reads(path('/plan'));
    assert.deepEqual([approval.approver, approval.operation_id], ['Chi', report.operation_id]);
    const keys = createLocalJWKSet(await here.json('/.well-known/jwks.json'));
    const { payload } = await compactVerify(approval.signature, keys, { algorithms: ['ES256'] });
    const signed = JSON.parse(new TextDecoder().decode(payload));
    assert.deepEqual([signed.sha256, signed.approver, signed.dossier], [plan.sha256, 'Chi', CODE]);
    assert.deepEqual(
      numbers.map(({ parcel_no, state }) => [parcel_no, state]),
      [5, 6, 7].map((no) => [no, 'used']),
    );
    assert.equal((await chi.step(CODE, 'sign')).status.code, '9');
    children = Object.fromEntries(
      await Promise.all(
        Object.entries({ lane: 5, behind: 6, front: 7 }).map(async ([name, no]) => [
          name,
          await binh.reads(numbered(no)),
        ]),
      ),
    );
  });

  it('gives seller and buyer certificates on blanks of the stock, and takes the old one back', async () => {
    const held = ({ rights }) =>
      rights.map((right) => [right.party_name, right.share, right.certificate_serial]).toSorted();
    assert.deepEqual(held(children.front), [[SELLER.name, '1/1', SELLERS]]);
    assert.deepEqual(held(children.behind), [[BUYER.name, '1/1', BUYERS]]);
    assert.deepEqual(held(children.lane), [
      [SELLER.name, '1/2', SELLERS],
      [BUYER.name, '1/2', BUYERS],
    ]);
    const state = async (serial) => {
      const { certificates } = await binh.reads(`/api/v1/certificates/${serial.replaceAll(' ', '')}`);
      return certificates.map(({ versions }) => versions.find((each) => each.is_in_force).status);
    };
    assert.deepEqual(await state(OLD), ['withdrawn']);
    assert.deepEqual([await state(SELLERS), await state(BUYERS)], [['valid'], ['valid']]);

    const of = { series: 'AA', digits: 8 };
    const enter = (entry, first, reference, more) =>
      binh.does('POST', '/api/v1/blanks', { entry, ...of, first, reference, ...more });
    const print = (serial) => `/api/v1/certificates/${serial.replaceAll(' ', '')}/print.pdf`;
    await binh.fails([409, 'blanks-refused'], 'POST', print(BUYERS), {});
    await enter('received', 101, 'PX 12/2026', { last: 110 });
    const printed = (serial) => paper(register, binh, print(serial), { method: 'POST', body: {} });
    says(await printed(SELLERS), SELLER.name, '350,0', 'VP 00101');
    says(await printed(BUYERS), BUYER.name, '175,0', 'VP 00102');
    const { balances } = await enter('spoilt', 103, 'in lệch');
    assert.deepEqual(balances, [{ ...of, received: 10, used: 2, spoilt: 1, destroyed: 0, left: 7 }]);
    const again = { entry: 'used', ...of, first: 102, reference: 'VP 00103' };
    await binh.fails([409, 'blanks-refused'], 'POST', '/api/v1/blanks', again);
    const { entries } = await binh.reads('/api/v1/blanks/AA00000102');
    assert.deepEqual(
      entries.map(({ entry, reference, officer }) => [entry, reference, officer]),
      [
        ['received', 'PX 12/2026', 'Bình'],
        ['used', 'VP 00102', 'Bình'],
      ],
    );
  });

  it('is on paper: drawing, extract and the four books', async () => {
    const printed = (where) => paper(register, binh, where);
    const { behind, front } = children;
    const drawing = await printed(`/api/v1/operations/${report.operation_id}/drawing.pdf`);
    says(drawing, `Mã hồ sơ: ${CODE}`, '600,0', '75,0', '175,0', '350,0');
    const extract = await printed(`/api/v1/parcels/${behind.parcel_id}/extract.pdf`);
    says(extract, 'TRÍCH LỤC BẢN ĐỒ ĐỊA CHÍNH', 'Thửa đất số: 6; Tờ bản đồ số: 1;', 'Diện tích: 175,0 m²');
    // Parcel 2's south-western corner is 20 m east of E 603000 on N 1192000: the buyer's 2.5 m and 20 m further in.
    says(extract, BUYER.name, BUYERS, '1192030,00 603022,50', '1192020,00 603040,00', '17,50', '10,00');
    const page = await printed(`/api/v1/parcels/${front.parcel_id}/register.pdf`);
    says(page, SELLER.name, SELLERS, '350,0');
    const sheet = '/api/v1/communes/99001/sheets/1';
    says(await printed(`${sheet}/parcel-index.pdf`), '175,0', '350,0', BUYER.name);
    says(await printed(`${sheet}/certificates.pdf`), SELLERS, BUYERS, 'VP 00102');
    says(await printed('/api/v1/communes/99001/changes.pdf'), CODE, '6');
  });

  it('is shown by map, place, history and lineage, at both servers', async () => {
    const ids = Object.values(children).map(({ parcel_id }) => parcel_id);
    for (const server of [here, there]) {
      for (const child of Object.values(children)) {
        const [lon, lat] = child.label_point;
        const { parcels } = await server.json(`/api/v1/identify?lon=${lon}&lat=${lat}`);
        assert.deepEqual(
          parcels.map(({ parcel_id }) => parcel_id),
          [child.parcel_id],
        );
      }
      const drawn = await tileAt(server, children.behind.label_point);
      assert.ok(ids.every((id) => drawn.includes(id)) && !drawn.includes(parent.parcel_id));
      assert.equal((await server.fetch(`/api/v1/parcels/${parent.parcel_id}`)).status, 404);
      const { steps } = await server.json(`/api/v1/parcels/${parent.parcel_id}/lineage`);
      assert.deepEqual(
        steps.map(({ child_id, area_m2, operation_id }) => [child_id, area_m2, operation_id]).toSorted(),
        [75, 175, 350].map((area_m2, at) => [ids[at], area_m2, report.operation_id]),
      );
    }
    // In law and in knowledge as it was.
    const as = '?at=2026-06-01';
    assert.equal((await here.json(`/api/v1/parcels/${parent.parcel_id}${as}`)).legal_area_m2, 600);
    assert.equal((await here.fetch(`/api/v1/parcels/${ids[0]}${as}`)).status, 404);
    const found = await here.json('/api/v1/parcels/successors?commune=99001&sheet_no=1&parcel_no=2');
    assert.deepEqual(
      found.found[0].successors.map(({ parcel_no }) => parcel_no),
      [5, 6, 7],
    );
    const { entries } = await binh.reads(`/api/v1/parcels/${children.behind.parcel_id}/timeline`);
    const kinds = new Set(entries.map(({ kind }) => kind));
    for (const kind of ['parcel', 'right', 'certificate', 'parent', 'operation'])
      assert.ok(kinds.has(kind), [...kinds]);
    const { operations } = await dung.reads(`/api/v1/operations?dossier=${CODE}`);
    assert.deepEqual(
      operations.map(({ operation_id, officer }) => [operation_id, officer]),
      [[report.operation_id, 'Chi']],
    );
  });

  it('is told to the portal in a signed answer that verifies', async () => {
    const answer = await signedAnswer(register, here, children.behind, CODE);
    for (const by of ['diaba', 'jose']) {
      const { isValid, content, stderr } = await verified(answer, by, register);
      assert.ok(isValid, stderr);
      assert.deepEqual(
        [content.dossier, content.data.national_code, content.data.legal_area_m2],
        [CODE, children.behind.national_code, 175],
      );
    }
  });

  it('is all there after a kill, and what is sent again is not done twice', async () => {
    await lan.step(CODE, 'return');
    const before = await everything();
    assert.equal(before[path()].status.code, '10');
    const mortgage = {
      operations: [
        {
          kind: 'mortgage',
          parcels: [children.behind.parcel_id],
          to: { kind: 'organisation', name: 'Ngân hàng Mẫu', personal_no: '0000000018' },
          amount_vnd: 900_000_000,
          document: { number: 'TC-1/2026', signed_on: TODAY },
        },
      ],
    };
    const { parcel_id, revision, rights_revision } = children.behind;
    const headers = {
      'if-match': `"${parcel_id}-${revision}-${rights_revision}"`,
      'idempotency-key': 'mortgage of the story',
    };
    const send = () => chi.asks('POST', '/api/v1/operations', { body: mortgage, headers });
    const cut = send().catch(() => undefined);
    await here.kill();
    register.servers.delete(here);
    await cut;
    // The other server goes on with what there is.
    assert.equal((await there.json(numbered(6))).parcel_id, parcel_id);
    here = await register.serve();

    const [first, second] = [await send(), await send()];
    assert.deepEqual([first.status, second.status], [201, 201], JSON.stringify(first.body));
    assert.equal(second.headers.get('idempotency-repeated'), 'true');
    assert.deepEqual(second.body, first.body);
    const { mortgages } = await binh.reads(numbered(6));
    assert.deepEqual(
      mortgages.map(({ contract_no, party_name }) => [contract_no, party_name]),
      [['TC-1/2026', 'Ngân hàng Mẫu']],
    );
    const approved = await chi.asks('POST', path('/plan/approve'), { body: { sha256: plan.sha256 } });
    assert.deepEqual([approved.status, approved.body], [201, report]);
    const discharge = {
      operations: [
        {
          kind: 'discharge',
          parcels: [parcel_id],
          encumbrance: mortgages[0].encumbrance_id,
          document: { number: 'XC-1/2026', signed_on: TODAY },
        },
      ],
    };
    const now = await chi.fetch('GET', numbered(6));
    const tag = { 'if-match': now.headers.get('etag') };
    await now.arrayBuffer();
    await chi.does('POST', '/api/v1/operations', discharge, tag);
    assert.deepEqual(await everything(), before);
  });

  /** What the register says of the story, by address, without what says when it was read. */
  async function everything() {
    const land = Object.values(children).flatMap(({ parcel_id }) => [
      `/api/v1/parcels/${parcel_id}`,
      `/api/v1/parcels/${parcel_id}/lineage`,
    ]);
    const serials = [OLD, SELLERS, BUYERS].map((each) => `/api/v1/certificates/${each.replaceAll(' ', '')}`);
    const dossier = ['', '/plan', '/changes', '/tax-slips'].map((rest) => path(rest));
    const others = [path('', OTHER), '/api/v1/blanks', '/api/v1/rules?province=98', numbered(1), numbered(3)];
    const told = {};
    for (const each of [...land, ...serials, ...dossier, ...others]) {
      const { register_position, rights_revision, known, ...content } = await binh.reads(each);
      told[each] = content;
    }
    return told;
  }
});

/** The parcels drawn in the tile of zoom 18 that has a place. */
async function tileAt(server, [lon, lat]) {
  const z = 18;
  const row = 0.5 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / (2 * Math.PI);
  const tile = { z, x: Math.floor(((lon + 180) / 360) * 2 ** z), y: Math.floor(row * 2 ** z) };
  const answer = await server.fetch(`/tiles/parcels/${z}/${tile.x}/${tile.y}`);
  assert.equal(answer.status, 200);
  return decode(Buffer.from(await answer.arrayBuffer()), tile).outlines.map(({ id }) => id);
}
