using Shared.Testing;

// The PostgreSQL, the RabbitMQ and the pool of hosts of a whole test run: says by which variables the test projects find them, and ends with its input.
var starting = (Postgres: PostgresServer.StartAsync(), Broker: RabbitMqServer.StartAsync());
await using var postgres = await starting.Postgres;
await using var broker = await starting.Broker;
await using var hosts = HostPool.Open();
await Console.Out.WriteLineAsync($"export {PostgresServer.Variable}='{postgres.ConnectionString}' {RabbitMqServer.Variable}='{broker.Uri}' {HostPool.Variable}='{hosts.Address}'");
await Console.In.ReadToEndAsync();
