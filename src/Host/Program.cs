using Billing;
using Catalog;
using Host;
using Inventory;
using Orders;
using Shared.Kernel;
using Shipping;
using Users;

Module[] modules =
[
    new UsersModule(),
    new CatalogModule(),
    new InventoryModule(),
    new OrdersModule(),
    new BillingModule(),
    new ShippingModule(),
];

return await CommandLine.RunAsync(args, modules);
