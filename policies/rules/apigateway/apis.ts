import type { PolicyResource, StackView } from "../../rule";

export const STAGE = "aws:apigatewayv2/stage:Stage";
const API = "aws:apigatewayv2/api:Api";

/** The protocol of the API of a stage or route, `WEBSOCKET` or `HTTP`, or undefined if the API is not part of the stack. */
export function protocolOf({ props, propertyDependencies }: PolicyResource, stack: StackView): unknown {
  const [made] = (propertyDependencies?.apiId ?? []).flatMap((urn) => stack.byUrn(urn) ?? []);
  if (made?.type === API) return made.props.protocolType;
  return stack.ofType(API).find((one) => one.props.id === props.apiId)?.props.protocolType;
}
