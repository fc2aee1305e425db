using QRCoder;

namespace ComplianceGrid.Api.Identity.SecondFactors;

/// <summary>A QR code as an SVG element for a page: shapes and attributes only, so it passes a Content-Security-Policy without exceptions.</summary>
internal static class QrCode
{
    private const int LongestText = 1024;

    public static string Svg(string text)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(text.Length, LongestText);
        using var data = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        using var code = new SvgQRCode(data);
        return code.GetGraphic(pixelsPerModule: 4, darkColorHex: "#000000", lightColorHex: "#ffffff", sizingMode: SvgQRCode.SizingMode.ViewBoxAttribute);
    }
}
