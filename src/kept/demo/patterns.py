"""Clips of patterns: a tunnel, stars, a fractal, a kaleidoscope, the game of life, silk, and a drawing beam."""

from kept.demo.drawing import ENLARGE, FPS, HEIGHT, HOLD, SIZE, WIDTH, glow, gray, moving, palette, polar, rgb, still

_VIGNETTE = f",scale={SIZE}:flags=bilinear,format=gbrp{HOLD}"


def tunnel() -> str:
    """Neon lines on the walls of a tunnel, flown through."""
    lines = "(exp(-abs(mod(X,64)-32)/3.2)+exp(-abs(mod(Y,128)-64)/5))"
    red, green, blue = "0.55+0.45*sin(X/W*2*PI)", "0.25+0.25*sin(X/W*2*PI+2.5)", "0.75+0.25*cos(X/W*4*PI)"
    walls = rgb(f"255*({lines}*({red})+0.05)", f"255*({lines}*({green})+0.02)", f"255*({lines}*({blue})+0.09)")
    dark = still("gray", "270x480", gray("255*(hypot(X-W/2,Y-H/2)-14)/170"), _VIGNETTE)
    return (
        f"{still('gbrp', '512x512', walls, HOLD)},scroll=v=0.012:h=0.0015[texture];"
        f"{polar('mod(A/(2*PI)*512,512)', 'mod(26000/(R+3),512)')}[walls];{glow('walls', 'lit')};{dark}[dark];"
        f"[lit][dark]blend=all_mode=multiply:shortest=1,format=yuv420p[v]"
    )


def stars() -> str:
    """Stars flying past, before a nebula."""
    dot = "if(gt(random(0),0.99925),255,0)"
    dots = still("gray", "1024x1024", gray(dot), f",dilation,dilation,gblur=1.4,format=gbrp,eq=contrast=1.9{HOLD}")
    dark = still("gray", "270x480", gray("255*(hypot(X-W/2,Y-H/2)-6)/110"), _VIGNETTE)
    nebula = rgb(
        "30+34*sin(X/W*5+T*0.5)*sin(Y/H*4-T*0.4)+20*sin(Y/H*7+T)",
        "8+14*sin(X/W*4-T*0.6+2)*sin(Y/H*6+T*0.3)",
        "52+40*sin(X/W*3+T*0.35+1)*cos(Y/H*5-T*0.5)",
    )
    return (
        f"{dots},scroll=v=-0.006[texture];{polar('mod(A/(2*PI)*1024,1024)', 'mod(244*log(R+2),1024)')},format=gbrp[all];"
        f"{dark}[dark];[all][dark]blend=all_mode=multiply:shortest=1,gblur=0.8[stars];"
        f"{moving('gbrp', '36x64', nebula)},{ENLARGE},format=gbrp[nebula];"
        f"[nebula][stars]blend=all_mode=screen:shortest=1,format=yuv420p[v]"
    )


def fractal() -> str:
    """Into the valley of the sea horses of the Mandelbrot set."""
    place = "start_x=-0.743643887:start_y=-0.131825904:start_scale=0.012:end_scale=0.0003:end_pts=260"
    source = f"mandelbrot=s=270x480:r={FPS}:maxiter=500:{place}:inner=black"
    colours = palette((0.9, 0.55), (0.9, 0.7), (0.8, 0.85))
    return f"{source},format=gray,format=gbrp,gblur=0.7,{colours},{ENLARGE},format=yuv420p[v]"


def kaleidoscope() -> str:
    """Eight mirrors around a coloured glass that turns."""
    folded = "abs(mod(A,PI/4)-PI/8)"
    coarse = "70*sin(6*PI*X/W+2.4*sin(4*PI*Y/H))*cos(6*PI*Y/H+2*sin(4*PI*X/W))"
    fine = "55*sin(16*PI*X/W+2*sin(4*PI*Y/H))*sin(14*PI*Y/H+2.5*sin(2*PI*X/W))"
    glass = still("gray", "600x600", gray(f"127+{coarse}+{fine}"), HOLD)
    mirrors = polar(f"clip(20+0.95*R*cos({folded}),0,599)", f"clip(40+1.84*R*sin({folded}),0,599)")
    colours = palette((0.75, 0.05), (0.8, 0.32), (0.7, 0.55))
    return (
        f"{glass},scroll=h=0.0021:v=0.0029[texture];"
        f"{mirrors}=format=gray,gblur=0.8,format=gbrp,{colours},hue=h='10*t',format=yuv420p[v]"
    )


def life() -> str:
    """Conway's game of life, with cells that glow and fade."""
    colours = "life_color=0xfff4d6:death_color=0xff4d8d:mold_color=0x0b0a2a"
    return (
        f"life=s=90x160:r=15:mold=9:ratio=0.19:seed=11:{colours},format=gbrp,split[cells][again];"
        f"[again]gblur=2.2,{ENLARGE},format=gbrp[glow];[cells]scale={SIZE}:flags=neighbor,format=gbrp[sharp];"
        f"[sharp][glow]blend=all_mode=screen,fps={FPS},format=yuv420p[v]"
    )


def silk() -> str:
    """Folds of silk in slow wind."""
    folds = "127+52*sin(X/W*5+2*sin(Y/H*4+T*0.9)+T)+38*sin(Y/H*9-T*1.3+2.2*sin(X/W*6-T*0.6))"
    folds += "+26*sin(hypot(X-W*0.5,Y-H*0.4)/9-T*1.6)"
    colours = palette((1.5, 0.02), (1.35, 0.2), (1.15, 0.42))
    return f"{moving('gray', '72x128', gray(folds))},{ENLARGE},format=gray,format=gbrp,{colours},format=yuv420p[v]"


def beam() -> str:
    """A beam of light that draws curves, as on an oscilloscope; the tones that steer it are not heard."""
    across = "0.72*sin(2*PI*120*t+0.9*t)*(0.8+0.2*sin(1.3*t))+0.14*sin(2*PI*600*t+t)"
    down = "0.72*sin(2*PI*180*t)*(0.8+0.2*cos(0.9*t))+0.14*cos(2*PI*480*t-1.7*t)"
    scope = f"avectorscope=s={WIDTH}x{HEIGHT}:r={FPS}:mode=lissajous_xy:draw=aaline:zoom=1.05"
    light = "rc=30:gc=110:bc=190:rf=38:gf=26:bf=18"
    return (
        f"aevalsrc=exprs='{across}|{down}':s=44100,{scope}:{light},format=gbrp[beam];"
        f"{glow('beam', 'lit')};[lit]hue=h='30*t',format=yuv420p[v]"
    )
