/** Swagger UI, kept to this origin. */
import 'swagger-ui-dist/swagger-ui.css';
import swaggerUi from 'swagger-ui-dist/swagger-ui-es-bundle.js';

/** Shows an OpenAPI description in an element. */
export default function show(domNode: Element, url: string): void {
  // With a `validatorUrl` it would show the document to a foreign server.
  swaggerUi({ domNode, url, deepLinking: true, defaultModelsExpandDepth: 0, validatorUrl: null });
}
