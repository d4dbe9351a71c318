// ltijs 5.9.9 as its own documentation sets it up, with its default Mongoose plugin: the peer that
// Rosette is measured against. A process of its own, so that it may die of what it is sent.
import ltijs from "ltijs";

const { Provider } = ltijs;
const { PORT, MONGODB_URI, PLATFORMS } = process.env;

Provider.setup(
  "a-key-for-benchmarks-only",
  { url: MONGODB_URI },
  { appRoute: "/", loginRoute: "/login", cookies: { secure: true, sameSite: "None" } },
);
// The least that an authenticated page can be.
Provider.onConnect((token, _request, response) => response.send(`signed in: ${token.user}`));
await Provider.deploy({ port: Number(PORT), silent: true });
for (const platform of JSON.parse(PLATFORMS)) await Provider.registerPlatform(platform);
process.stdout.write("ready\n");
