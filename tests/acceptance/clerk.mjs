/** People and systems that come to a server with a token. */
import assert from 'node:assert/strict';

export class Clerk {
  /** An officer with roles, competent in an area; `at` gives the server to ask. */
  static async appointed(register, at, name, roles, area = '98') {
    const each = roles.split(' ').flatMap((role) => ['--role', role]);
    const printed = await register.done('token', 'officer', name, ...each, '--area', area);
    return new Clerk(name, printed.trim(), at);
  }

  /** A client's system under an agreement. */
  static async agreed(register, at, name, audience, purpose) {
    await register.done('agreement', 'add', name, '--audience', audience, '--purpose', purpose);
    const printed = await register.done('token', 'client', name);
    return new Clerk(name, printed.trim(), at);
  }

  constructor(name, token, at) {
    Object.assign(this, { name, token, at });
  }

  /** The answer, whatever it is. */
  fetch(method, path, { body, headers = {} } = {}) {
    const own = { authorization: `Bearer ${this.token}`, ...headers };
    if (body === undefined) return this.at().fetch(path, { method, headers: own });
    own['content-type'] = 'application/json';
    return this.at().fetch(path, { method, headers: own, body: JSON.stringify(body) });
  }

  /** Status, headers and JSON of the answer. */
  async asks(method, path, options) {
    const answer = await this.fetch(method, path, options);
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: text ? JSON.parse(text) : undefined };
  }

  /** The JSON of a request that must succeed. */
  async does(method, path, body, headers) {
    const answer = await this.asks(method, path, { body, headers });
    assert.ok(answer.status < 300, `${this.name}: ${method} ${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** The problem of a request that must be refused. */
  async fails([status, code], method, path, body, headers) {
    const answer = await this.asks(method, path, { body, headers });
    const told = `${this.name}: ${method} ${path}: ${JSON.stringify(answer.body)}`;
    assert.deepEqual([answer.status, answer.body?.code], [status, code], told);
    return answer.body;
  }

  reads(path) {
    return this.does('GET', path);
  }

  /** Takes a step on a dossier. */
  step(code, verb, body = {}) {
    return this.does('POST', `/api/v1/dossiers/${code}/steps/${verb}`, body);
  }
}
