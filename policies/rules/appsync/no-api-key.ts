import { compliant, violation, type Rule } from "../../rule";

const rule: Rule = {
  types: ["aws:appsync/graphQLApi:GraphQLApi"],
  check({ props }) {
    const more = (props.additionalAuthenticationProviders ?? []) as readonly { readonly authenticationType?: string }[];
    const modes = [props.authenticationType, ...more.map(({ authenticationType }) => authenticationType)];
    return modes.includes("API_KEY") ? violation("an API key is no proof of who calls") : compliant;
  },
};
export default rule;
