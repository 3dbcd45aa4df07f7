using Shared.Testing;

// The PostgreSQL and the RabbitMQ of a whole test run: says by which variables the test projects find them, and ends with its input.
var starting = (Postgres: PostgresServer.StartAsync(), Broker: RabbitMqServer.StartAsync());
await using var postgres = await starting.Postgres;
await using var broker = await starting.Broker;
await Console.Out.WriteLineAsync($"export {PostgresServer.Variable}='{postgres.ConnectionString}' {RabbitMqServer.Variable}='{broker.Uri}'");
await Console.In.ReadToEndAsync();
