/** The documentation: the description that the server gives of itself, or the list of problems. */
import './docs.css';
import { byId } from './dom.ts';

const isProblems = location.pathname.endsWith('/problems');

byId('api-part').hidden = isProblems;
byId('problems-part').hidden = !isProblems;

if (isProblems) {
  document.title = `Sự cố · Problems – ${document.title}`;
} else {
  // The list of problems must not wait for a megabyte of script that it doesn't need.
  const { default: swaggerUi } = await import('./swagger-ui.ts');
  swaggerUi(byId('api'), '/openapi.json');
}
