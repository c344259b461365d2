/** The OpenAPI description: valid by its standard, and true of the server. */
import assert from 'node:assert/strict';
import { Validator } from '@seriousme/openapi-schema-validator';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/** Where the description is not as OpenAPI 3.1 wants it. */
export async function faultsOfDescription(server) {
  const description = await server.json('/openapi.json');
  assert.match(description.openapi, /^3\.1\./);
  const { errors = [] } = await new Validator().validate(description);
  return errors.map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** Of these a client without a dossier of its own is refused most. */
const REFUSING = ['documents', 'dossiers', 'citizens'];

/** Asks every operation once, well, and holds the answer to what the description says of it. */
export async function compareDescription(server, { parcel, token, dossier }) {
  const description = await server.json('/openapi.json');

  const [lon, lat] = parcel.label_point;
  const values = {
    id: parcel.parcel_id,
    parcel_id: parcel.parcel_id,
    parcel: parcel.parcel_id,
    national_code: parcel.national_code,
    commune: parcel.commune.code,
    sheet_no: parcel.sheet_no,
    parcel_no: parcel.parcel_no,
    lon,
    lat,
    bbox: [lon - 0.001, lat - 0.001, lon + 0.001, lat + 0.001],
    q: `${parcel.sheet_no}/${parcel.parcel_no}`,
    purpose: 'dossier-handling',
    dossier,
    year: 2026,
    party_id: 1,
    rule_id: 1,
    collectionId: 'parcels',
    featureId: parcel.parcel_id,
    ...tileOf(16, lon, lat),
  };
  Object.assign(values, { tileMatrix: values.z, tileRow: values.y, tileCol: values.x });
  const triangle = [
    [lon, lat],
    [lon + 0.001, lat],
    [lon, lat + 0.001],
    [lon, lat],
  ];
  const body = JSON.stringify({ type: 'Polygon', coordinates: [triangle] });
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats(ajv);
  ajv.addFormat('int32', { type: 'number', validate: (number) => Math.abs(number) < 2 ** 31 });
  ajv.addFormat('int64', { type: 'number', validate: Number.isSafeInteger });
  ajv.addFormat('double', { type: 'number', validate: Number.isFinite });
  ajv.addSchema(description, 'description');

  const asked = [];
  for (const [path, operations] of Object.entries(description.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const { parameters = [], requestBody, security = [{}] } = operation;
      const needed = parameters.filter(({ name, required }) => required || name in values);
      const inPlace = path.replaceAll(/\{(\w+)\}/g, (_, name) => encodeURIComponent(values[name]));
      const query = new URLSearchParams(
        needed.filter((p) => p.in === 'query').map(({ name }) => [name, values[name]]),
      );
      const headers = security.every((scheme) => 'token' in scheme)
        ? { authorization: `Bearer ${token}` }
        : {};
      // Clients are shown out of the land office; what officers are answered, the tests of the desk look at.
      const isOfDesk = operation.tags.includes('desk');
      if (requestBody) headers['content-type'] = Object.keys(requestBody.content)[0];
      const request = {
        method: method.toUpperCase(),
        headers,
        ...(requestBody && { body: isOfDesk ? '{"operations": []}' : body }),
      };
      const where = `${request.method} ${inPlace}?${query}`;
      const answer = await server.fetch(`${inPlace}?${query}`, request);
      asked.push(operation.operationId);
      // Papers and dossiers are not there yet: what is wrong with the question is told as the description says.
      const mayBeRefused = operation.tags.some((tag) => REFUSING.includes(tag));
      if (isOfDesk || (mayBeRefused && answer.status !== 200)) {
        const isRefusal = isOfDesk ? answer.status === 403 : answer.status >= 400 && answer.status < 500;
        assert.ok(isRefusal && '4XX' in operation.responses, `${where}: ${answer.status}`);
        assert.match(answer.headers.get('content-type'), /^application\/problem\+json/, where);
        continue;
      }
      assert.equal(answer.status, 200, `${where}: ${answer.status}`);
      const documented = operation.responses[answer.status];
      assert.ok(documented, `${where}: ${answer.status} is not documented`);
      const [type] = (answer.headers.get('content-type') ?? '').split(';');
      const types = Object.keys(documented.content ?? {});
      assert.ok(types.length === 0 || types.includes(type), `${where}: ${type} instead of ${types}`);
      if (type.endsWith('json')) {
        const pointer = ['paths', path, method, 'responses', '200', 'content', type, 'schema'];
        const validate = ajv.getSchema(`description#/${pointer.map(escaped).join('/')}`);
        assert.ok(validate(await answer.json()), `${where}: ${JSON.stringify(validate.errors)}`);
      }
    }
  }
  assert.equal(new Set(asked).size, asked.length, 'an operation id stands twice');
  return asked.length;
}

/** A part of a JSON pointer in the fragment of an address. */
const escaped = (part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));

function tileOf(z, lon, lat) {
  const row = 0.5 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / (2 * Math.PI);
  return { z, x: Math.floor(((lon + 180) / 360) * 2 ** z), y: Math.floor(row * 2 ** z) };
}
