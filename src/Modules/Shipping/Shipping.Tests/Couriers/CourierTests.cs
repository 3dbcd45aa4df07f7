using Microsoft.Extensions.Configuration;
using Npgsql;
using Orders.Contracts;
using Shared.Testing;
using Weasel.Postgresql;

namespace Shipping.Tests;

/// <summary>What every courier promises, and what the test courier plays.</summary>
public sealed class CourierTests : IAsyncLifetime
{
    private NpgsqlDataSource _database = null!;

    /// <summary>A database of its own: to Shipping a courier is somebody outside.</summary>
    public async ValueTask InitializeAsync()
    {
        _database = NpgsqlDataSource.Create(await (await PostgresServer.SharedAsync()).CreateDatabaseAsync());
        await using var connection = await _database.OpenConnectionAsync();
        await TestCourier.Table("public").CreateAsync(connection);
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        await (await PostgresServer.SharedAsync()).DropDatabaseAsync(_database.ConnectionString);
    }

    [Theory]
    [InlineData("manual")]
    [InlineData("test")]
    public async Task a_parcel_booked_again_has_the_same_number_and_another_has_another(string name)
    {
        var (courier, parcel) = (Named(name), Guid.CreateVersion7());

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => courier.Book(parcel, To("N1"), default)));

        var booked = Assert.IsType<ParcelBooked>(Assert.Single(answers.Distinct()));
        Assert.NotEqual(booked, await courier.Book(Guid.CreateVersion7(), To("N1"), default));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task what_is_called_off_is_not_booked_before_or_after(bool booked)
    {
        var (courier, parcel) = (Named("test"), Guid.CreateVersion7());
        if (booked) await courier.Book(parcel, To("N1"), default);

        await courier.CallOff(parcel, default);
        await courier.CallOff(parcel, default);

        Assert.Equal(new BookingDeclined("The parcel was called off."), await courier.Book(parcel, To("N1"), default));
    }

    [Theory]
    [InlineData("TEST-LOST-ANSWER", 1)]
    [InlineData("TEST-TIMES-OUT", 0)]
    public async Task the_test_courier_does_not_answer_once(string postalCode, long bookedMeanwhile)
    {
        var (courier, parcel) = (Named("test"), Guid.CreateVersion7());

        await Assert.ThrowsAsync<TimeoutException>(() => courier.Book(parcel, To(postalCode), default));
        await using var command = _database.CreateCommand("select count(tracking_number) from test_courier");
        Assert.Equal(bookedMeanwhile, await command.ExecuteScalarAsync());

        Assert.IsType<ParcelBooked>(await courier.Book(parcel, To(postalCode), default));
    }

    [Fact]
    public async Task the_test_courier_declines_an_address_again()
    {
        var (courier, parcel) = (Named("test"), Guid.CreateVersion7());

        for (var i = 0; i < 2; i++) Assert.Equal(new BookingDeclined("The address in GB is not served."), await courier.Book(parcel, To("TEST-NOT-SERVED"), default));
    }

    [Fact]
    public void an_unknown_courier_stops_the_start_and_the_known_ones_are_named() =>
        Assert.Equal("Shipping:Courier is 'pigeon', which is no courier. Known: manual, test.", Assert.Single(new ShippingModule().Faults(Settings("pigeon"), "Production")));

    [Theory]
    [InlineData(null, "manual")]
    [InlineData("manual", "manual")]
    [InlineData("test", "test")]
    public void a_courier_is_chosen_by_its_name(string? setting, string courier)
    {
        Assert.Empty(new ShippingModule().Faults(Settings(setting), "Production"));
        Assert.Equal(courier, new Couriers(Settings(setting), _database).Chosen.Name);
    }

    private ICourier Named(string name) => new Couriers(Settings(null), _database).Named(name);

    private static Shipment To(string postalCode) => Shipment.Ready(new OrderConfirmed(Guid.CreateVersion7(), Guid.CreateVersion7(), [], "GB", ShippingUnderTest.Home with { PostalCode = postalCode }), default);

    private static IConfiguration Settings(string? courier) => new ConfigurationBuilder().AddInMemoryCollection([new("Shipping:Courier", courier)]).Build();
}
