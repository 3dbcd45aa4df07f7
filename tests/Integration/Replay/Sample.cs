using System.Text;
using Replay;

namespace Integration;

/// <summary>Sixteen invoices, written by hand, as dirty as the real file.</summary>
internal static class Sample
{
    // 1001: a code twice at two prices, a quoted comma and quote, a code that is no product; undone exactly by C1005 (its lines split otherwise, its prices others).
    // 1002: the same goods for the same customer a day later, undone by C1006; C1007 would undo one of the two once more.
    // 1003: half of it is given back by C1008. 1004: a price below one penny, beside one that rounds up.
    // C1000: before any order. C1009: in the minute of 1010, so not after it. C1011: no customer. C1012: another customer's goods.
    // 1013 … 1016: rows that are no sales.
    public const string Csv = """"
        InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
        C1000,22423,REGENCY CAKESTAND,-1,2010-12-01 08:00:00,12.75,17850.0,United Kingdom
        1001,85123A,"HEART, WHITE",6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom
        1001,POST,"THE ""POST"" ",1,2010-12-01 08:26:00,18,17850.0,United Kingdom
        1001,85123A,"HEART, WHITE",2,2010-12-01 08:26:00,2.95,17850.0,United Kingdom
        1002,POST,,1,2010-12-02 09:00:00,20.0,17850.0,United Kingdom
        1002,85123A,HEART WHITE,8,2010-12-02 09:00:00,2.1,17850.0,United Kingdom
        1003,71053,WHITE METAL LANTERN,10,2010-12-02 09:01:00,3.39,13047.0,EIRE
        1003,71053,WHITE METAL LANTERN,0,2010-12-02 09:01:00,3.39,13047.0,EIRE
        1003,22423,,3,2010-12-02 09:01:00,0.0,13047.0,EIRE
        1004,PADS,PADS TO MATCH ALL CUSHIONS,1,2010-12-02 09:02:00,0.001,13952.0,France
        1004,71053,lantern?,5,2010-12-02 09:02:00,0.001,13952.0,France
        1004,BANK CHARGES,Bank Charges,1,2010-12-02 09:02:00,15,13952.0,France
        C1005,85123A,"HEART, WHITE",-8,2010-12-03 10:00:00,2.55,17850.0,United Kingdom
        C1005,POST,POSTAGE,-1,2010-12-03 10:00:00,18,17850.0,United Kingdom
        C1006,POST,POSTAGE,-1,2010-12-03 10:01:00,18,17850.0,United Kingdom
        C1006,85123A,"HEART, WHITE",-3,2010-12-03 10:01:00,2.55,17850.0,United Kingdom
        C1006,85123A,"HEART, WHITE",-5,2010-12-03 10:01:00,2.55,17850.0,United Kingdom
        C1007,POST,POSTAGE,-1,2010-12-03 10:02:00,18,17850.0,United Kingdom
        C1007,85123A,"HEART, WHITE",-8,2010-12-03 10:02:00,2.55,17850.0,United Kingdom
        C1008,71053,WHITE METAL LANTERN,-5,2010-12-03 11:00:00,3.39,13047.0,EIRE
        1010,71053,WHITE METAL LANTERN,2,2010-12-03 12:00:00,3.39,13047.0,EIRE
        C1009,71053,WHITE METAL LANTERN,-2,2010-12-03 12:00:00,3.39,13047.0,EIRE
        C1011,71053,WHITE METAL LANTERN,-2,2010-12-03 12:30:00,3.39,,EIRE
        C1012,71053,WHITE METAL LANTERN,-2,2010-12-03 12:31:00,3.39,17850.0,EIRE
        1013,21777,,-10,2010-12-03 13:00:00,0.0,,United Kingdom
        1013,21777,"damaged
        and wet",-4,2010-12-03 13:00:00,0.0,,United Kingdom
        1014,22139,amazon,56,2010-12-03 13:01:00,0.0,,United Kingdom
        1015,71053,WHITE METAL LANTERN,1,2010-12-03 13:02:00,3.39,,United Kingdom
        1016,71053,WHITE METAL LANTERN,many,2010-12-03 13:03:00,3.39,13047.0,United Kingdom
        1016,71053,WHITE METAL LANTERN,1,2010-12-03 13:03:00,3.39
        """";

    public static Sales Read(string csv = Csv) => Sales.Read(new MemoryStream(Encoding.UTF8.GetBytes(csv)));
}
