/** The part of Swagger UI that the documentation uses; the package brings no types. */
declare module 'swagger-ui-dist/swagger-ui-es-bundle.js' {
  export default function swaggerUi(options: {
    domNode: Element;
    url: string;
    deepLinking?: boolean;
    defaultModelsExpandDepth?: number;
    validatorUrl: null;
  }): void;
}
