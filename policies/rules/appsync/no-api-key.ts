import { OTHER } from "../../levels";
import { compliant, rule, violation } from "../../rule";

export default rule({
  id: "appsync-2",
  title: "GraphQL APIs do not accept API keys",
  severity: "high",
  kind: "other",
  levels: OTHER,
  maps: ["FSBP AppSync.5"],
  suppressible: true,
  remediation: "Authenticate callers with IAM, Cognito, OpenID Connect or Lambda.",
  types: ["aws:appsync/graphQLApi:GraphQLApi"],
  check({ props }) {
    const more = (props.additionalAuthenticationProviders ?? []) as readonly { readonly authenticationType?: string }[];
    const modes = [props.authenticationType, ...more.map(({ authenticationType }) => authenticationType)];
    return modes.includes("API_KEY")
      ? violation("it accepts an API key, which is no proof of the caller's identity")
      : compliant;
  },
});
