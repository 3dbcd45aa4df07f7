using Marten;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orders.Contracts;
using Shared.Kernel;
using Shipping.Contracts;

namespace Shipping;

/// <summary>What carrying costs, the parcels of confirmed orders, and where they are.</summary>
public sealed class ShippingModule : Module
{
    public override string Name => "shipping";

    public override void Messages(MessageMap messages) => messages
        .Publishes<ShipmentDispatched>()
        .Publishes<ShipmentDelivered>()
        .Publishes<ShipmentStopped>()
        .Publishes<ShipmentLost>()
        .Publishes<ParcelLost>()
        .Publishes<PartDropped>()
        .Reacts<OrderConfirmed>("when-order-confirmed", typeof(WhenOrderConfirmed))
        .Reacts<OrderCancellationRequested>("when-order-cancellation-requested", typeof(WhenOrderCancellationRequested))
        .Does<BookParcel>("book-parcel", typeof(WhenBookParcel));

    public override void Calls(CallMap calls) => calls.Answers<AnswerRates>();

    public override void Services(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(RateTable.Read(configuration, []));
        services.AddSingleton(LabelSettings.Read(configuration, []));
        services.AddSingleton<Couriers>();
        services.AddMediator(options =>
        {
            options.Namespace = "Shipping";
            options.GenerateTypesAsInternal = true;
            options.ServiceLifetime = ServiceLifetime.Scoped;
        });
    }

    public override void Store(StoreOptions store)
    {
        Shipment.Declare(store);
        store.Storage.ExtendedSchemaObjects.Add(TestCourier.Table(Name));
    }

    public override void Endpoints(IEndpointRouteBuilder routes)
    {
        GetRate.Map(routes);
        ListShipments.Map(routes);
        GetShipment.Map(routes);
        DispatchShipment.Map(routes);
        DeliverShipment.Map(routes);
        GetLabel.Map(routes);
        GetTracking.Map(routes);
        DispatchParcel.Map(routes);
        DeliverParcel.Map(routes);
        LoseParcel.Map(routes);
        GiveUpShipment.Map(routes);
    }

    public override IReadOnlyDictionary<string, string> Counts => new Dictionary<string, string>
    {
        ["shipments"] = "select count(*) from mt_doc_shipment",
        ["shipments ready"] = "select count(*) from mt_doc_shipment where state = 'ready'",
    };

    public override IEnumerable<string> Faults(IConfiguration configuration, string environment)
    {
        var faults = new List<string>();
        RateTable.Read(configuration, faults);
        LabelSettings.Read(configuration, faults);
        Couriers.Check(configuration, faults);
        return faults;
    }
}
